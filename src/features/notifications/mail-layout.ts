// What all mails look like: a text part and an HTML part made from the same paragraphs, so that the two
// cannot say different things, and nothing a user typed is ever markup.

export interface MailAction {
  readonly label: string;
  readonly url: string;
}

export interface MailContent {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** The one thing to do, as a link. */
  readonly action?: MailAction;
  /** Said in small print below. */
  readonly footer?: string;
  /** A link below the footer, such as the one that ends these mails. */
  readonly footerAction?: MailAction;
}

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `text` as HTML that shows it literally. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Both parts and the subject of a mail to someone called `name`. */
export function renderMail(content: MailContent, name: string | null): RenderedMail {
  const greeting = name ? `Hello ${oneLine(name)},` : 'Hello,';
  return {
    subject: oneLine(content.subject),
    text: renderText(content, greeting),
    html: renderHtml(content, greeting),
  };
}

function renderText(content: MailContent, greeting: string): string {
  const { action, footer, footerAction } = content;
  const small = [footer, footerAction && `${footerAction.label}: ${footerAction.url}`].filter(Boolean);
  const parts = [
    greeting,
    ...content.paragraphs,
    action && `${action.label}:\n${action.url}`,
    small.length > 0 && ['--', ...small].join('\n'),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function renderHtml(content: MailContent, greeting: string): string {
  const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`;
  const link = ({ url, label }: MailAction): string =>
    `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`;
  const { footer, footerAction } = content;
  const small = [footer && escapeHtml(footer), footerAction && link(footerAction)].filter(Boolean);
  const body = [
    paragraph(greeting),
    ...content.paragraphs.map(paragraph),
    content.action && `<p>${link(content.action)}</p>`,
    small.length > 0 && `<hr><p><small>${small.join('<br>')}</small></p>`,
  ].filter(Boolean);
  return `<!doctype html>\n<html><body style="font-family: sans-serif; max-width: 36em">\n${body.join('\n')}\n</body></html>\n`;
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}
