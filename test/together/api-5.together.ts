import { specsTogether } from './specs-together.js';

specsTogether('api', 5, 6);
