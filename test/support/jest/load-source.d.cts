/** @param path relative to this file, as in an import */
declare function loadSource<Module>(path: string): Module;
export = loadSource;
