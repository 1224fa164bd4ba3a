import { specsTogether } from './specs-together.js';

specsTogether('unit', 2, 2);
