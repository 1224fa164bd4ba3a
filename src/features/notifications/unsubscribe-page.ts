// The page behind the link that ends mails of one type. It has one button and no script: a link that a mail
// scanner opens must not unsubscribe anybody (RFC 8058 §1).

import { escapeHtml } from './mail-layout.js';

/** Nothing is loaded and nothing runs; the form may go to this server only. */
export const UNSUBSCRIBE_PAGE_POLICY =
  "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The page that asks before it switches mails of `type` off; its form carries `token` on. */
export function unsubscribePage(type: string, token: string): string {
  const title = `No more mails about “${type.replaceAll('_', ' ')}”`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head>
<body>
<h1>${escapeHtml(title)}?</h1>
<p>The button switches these mails off. That takes effect at once, and this page stays as it is.</p>
<form method="post" action="?token=${escapeHtml(encodeURIComponent(token))}">
<input type="hidden" name="List-Unsubscribe" value="One-Click">
<button type="submit">Unsubscribe</button>
</form>
</body>
</html>
`;
}
