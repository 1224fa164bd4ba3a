/** Injection token of the checked settings (ServiceConfig). */
export const CONFIG = Symbol('CONFIG');
