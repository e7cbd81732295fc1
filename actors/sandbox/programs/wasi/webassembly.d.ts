// The part of the WebAssembly JavaScript interface that is used here: Node has it, its type definitions do not.
// https://webassembly.github.io/spec/js-api/

declare namespace WebAssembly {
  type Imports = Record<string, Record<string, unknown>>;

  class Module {
    private constructor();
    static imports(module: Module): { module: string; name: string; kind: string }[];
    static exports(module: Module): { name: string; kind: string }[];
  }

  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Record<string, unknown>;
  }

  interface Memory {
    readonly buffer: ArrayBuffer;
  }

  function compile(bytes: Uint8Array): Promise<Module>;
}
