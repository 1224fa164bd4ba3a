// A graph of operators while it is being put together: each result has a name that the next operator takes.

import { doubles, integers, node, strings, type Attribute } from './onnx-writer.js';

export class GraphDraft {
  readonly nodes: Uint8Array[] = [];
  readonly initializers: Uint8Array[] = [];
  private names = 0;

  /** Adds an operator with one result. @returns its name */
  apply(type: string, inputs: readonly string[], attributes?: readonly Attribute[], domain?: string): string {
    const output = this.newName();
    this.nodes.push(node(type, inputs, [output], attributes, domain));
    return output;
  }

  /** Gives a result the name under which callers know it. */
  publish(result: string, name: string): void {
    this.nodes.push(node('Identity', [result], [name]));
  }

  /** Numbers that are part of the model. @returns their name */
  doubles(dims: readonly number[], values: Iterable<number>): string {
    return this.keep((name) => doubles(name, dims, values));
  }

  integers(dims: readonly number[], values: Iterable<number>): string {
    return this.keep((name) => integers(name, dims, values));
  }

  strings(dims: readonly number[], values: readonly string[]): string {
    return this.keep((name) => strings(name, dims, values));
  }

  private keep(tensor: (name: string) => Uint8Array): string {
    const name = this.newName();
    this.initializers.push(tensor(name));
    return name;
  }

  private newName(): string {
    this.names += 1;
    return `v${this.names}`;
  }
}
