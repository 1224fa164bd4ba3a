import { specsTogether } from './specs-together.js';

specsTogether('api', 2, 4);
