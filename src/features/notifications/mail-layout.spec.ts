import { renderMail } from './mail-layout.js';

describe('renderMail', () => {
  const mail = renderMail(
    {
      subject: 'New task:\r\nBcc: everybody@example.com',
      paragraphs: ['<script>alert(1)</script> & {{7*7}}'],
      action: { label: 'Open', url: 'https://example.com/?a=1&b="2"' },
      footer: 'You get this because you asked for it.',
    },
    '<b>Zoë</b>',
  );

  it('shows what people typed literally in both parts', () => {
    expect(mail.text).toContain('Hello <b>Zoë</b>,');
    expect(mail.text).toContain('<script>alert(1)</script> & {{7*7}}');
    expect(mail.html).toContain('Hello &lt;b&gt;Zoë&lt;/b&gt;,');
    expect(mail.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{7*7}}');
    expect(mail.html).not.toContain('<script');
  });

  it('keeps the subject on one line', () => {
    expect(mail.subject).toBe('New task: Bcc: everybody@example.com');
  });

  it('has the link in both parts', () => {
    expect(mail.text).toContain('Open:\nhttps://example.com/?a=1&b="2"');
    expect(mail.html).toContain('<a href="https://example.com/?a=1&amp;b=&quot;2&quot;">Open</a>');
  });

  it('greets without a name when there is none', () => {
    expect(renderMail({ subject: 'Hi', paragraphs: ['Text.'] }, null).text).toBe('Hello,\n\nText.\n');
  });
});
