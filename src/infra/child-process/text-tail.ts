/** The end of a text that comes in pieces, so that a chatty child costs no memory. */
export class TextTail {
  private kept = '';

  /** @param most in UTF-16 units */
  constructor(private readonly most: number) {}

  add(piece: string): void {
    this.kept = (this.kept + piece).slice(-this.most);
  }

  get text(): string {
    return this.kept.trim();
  }
}
