import { z } from 'zod';

/** An overlong or missing token is a bad one, not a malformed request. */
export const unsubscribeQuerySchema = z.strictObject({ token: z.string().max(4_096).default('') });
export type UnsubscribeQuery = z.infer<typeof unsubscribeQuerySchema>;

/** The form body of RFC 8058 §3.2; the button of our page sends the same. */
export const oneClickSchema = z.strictObject({ 'List-Unsubscribe': z.literal('One-Click').optional() });
export type OneClickRequest = z.infer<typeof oneClickSchema>;
