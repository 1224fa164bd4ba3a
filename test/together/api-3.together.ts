import { specsTogether } from './specs-together.js';

specsTogether('api', 3, 4);
