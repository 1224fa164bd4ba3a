import { specsTogether } from './specs-together.js';

specsTogether('api', 1, 4);
