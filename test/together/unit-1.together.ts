import { specsTogether } from './specs-together.js';

specsTogether('unit', 1, 1);
