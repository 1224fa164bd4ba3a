// How many connections each address holds, those that never say who they are included.

export class ConnectionCounter {
  private readonly counts = new Map<string, number>();

  /** @param most connections of one address */
  constructor(private readonly most: number) {}

  hasRoom(address: string): boolean {
    return (this.counts.get(address) ?? 0) < this.most;
  }

  add(address: string): void {
    this.counts.set(address, (this.counts.get(address) ?? 0) + 1);
  }

  remove(address: string): void {
    const left = (this.counts.get(address) ?? 0) - 1;
    if (left > 0) this.counts.set(address, left);
    else this.counts.delete(address);
  }
}
