import { specsTogether } from './specs-together.js';

specsTogether('api', 4, 4);
