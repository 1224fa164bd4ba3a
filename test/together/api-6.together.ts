import { specsTogether } from './specs-together.js';

specsTogether('api', 6, 6);
