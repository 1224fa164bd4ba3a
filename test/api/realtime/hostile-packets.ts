// Frames that no client of ours would send, by what is wrong with them.

const attachments = (count: number): string =>
  Array.from({ length: count }, (_, index) => `{"_placeholder":true,"num":${index}}`).join();

export const HOSTILE_PACKETS: readonly (readonly [what: string, frame: string | Buffer])[] = [
  ['no packet at all', 'nonsense'],
  ['a bad type', '49["echo"]'],
  ['bad JSON', '42["echo",'],
  ['a reserved name', '42["disconnect",1]'],
  ['an event that is no list', '42{"a":1}'],
  ['11 attachments', `4511-["echo",${attachments(11)}]`],
  ['10 attachments that never come', `4510-["echo",${attachments(10)}]`],
  ['bytes that nobody announced', Buffer.from('bytes')],
  ['a foreign namespace', '40/admin,{}'],
  ['one more CONNECT', '40{"token":"nonsense"}'],
  ['prototype pollution', '42["sync",{"since":{"__proto__":{"polluted":1}}}]'],
  ['prototype pollution by constructor', '425["echo",{"constructor":{"prototype":{"polluted":1}}}]'],
  ['a frame of 1 MB', `42["echo","${'x'.repeat(1_000_000)}"]`],
  ['an ack for nothing', '43999["x"]'],
  ['an event without an ack', '42["nonsense",{"a":1}]'],
  ['an event of the server', '427["chat.message",{"seq":1}]'],
  ['an ack id beyond all numbers', `42${'9'.repeat(400)}["echo",1]`],
  ['deep nesting', `420["echo",${'['.repeat(20_000)}${']'.repeat(20_000)}]`],
];
