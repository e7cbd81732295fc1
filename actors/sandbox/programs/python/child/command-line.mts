// Python's own reading of its command line and environment, given to an interpreter that is up already; then its own main function.
import type { Interpreter } from './interpreter.mjs';
import { Memory } from './memory.mjs';
import type { Start } from './program.mjs';

/** More than a PyConfig and a PyStatus take. */
const CONFIG_BYTES = 8192, STATUS_BYTES = 64;
/** PyStatus: type, function, message, exit code. */
const STATUS_OK = 0, STATUS_EXIT = 2;

/** The exit code. Throws Emscripten's ExitStatus where the program ends itself at once. */
export function commandLine({ pyodide, exports }: Interpreter, { argv, executable }: Start): number {
  const memory = new Memory(() => exports.memory);
  const text = (value: string): number => {
    const bytes = Buffer.from(`${value}\0`);
    const address = exports.malloc(bytes.length) as number;
    memory.put(address, bytes, bytes.length);
    return address;
  };
  const python = (code: string): unknown => {
    const globals = pyodide.toPy({});
    try {
      return pyodide.runPython(code, { globals });
    } finally {
      globals.destroy();
    }
  };
  const failed = (status: number): number | undefined => {
    const type = memory.int(status);
    if (type === STATUS_OK) return undefined;
    if (type === STATUS_EXIT) return memory.int(status + 12);
    throw new Error(memory.text(memory.int(status + 8)));
  };

  python(`import _machine; _machine.begin(${JSON.stringify(executable)})`);
  const [config, status, words] = [CONFIG_BYTES, STATUS_BYTES, argv.length * 4].map((size) => exports.malloc(size) as number) as [number, number, number];
  argv.forEach((word, index) => memory.setInt(words + index * 4, text(word)));
  exports.PyConfig_InitPythonConfig(config);
  exports.PyConfig_SetBytesArgv(status, config, argv.length, words);
  let exitCode = failed(status);
  if (exitCode !== undefined) return exitCode;
  exports.PyConfig_Read(status, config);
  exitCode = failed(status);
  if (exitCode !== undefined) return exitCode;

  const live = exports._Py_GetConfig() as number;
  exports.PySys_SetObject(text('_parsed'), exports._PyConfig_AsDict(config));
  exports.PySys_SetObject(text('_config'), exports._PyConfig_AsDict(live));
  python('import _machine; _machine.configure()');
  if (exports._PyConfig_FromDict(live, exports.PySys_GetObject(text('_config'))) < 0) {
    exports.PyErr_Print();
    throw new Error('the command line cannot be taken over');
  }
  setFlags(exports, text);
  python('import _machine; _machine.ready()');
  return exports.Py_RunMain() as number;
}

/** sys.flags anew: no Python code can make one. */
function setFlags(exports: Interpreter['exports'], text: (value: string) => number): void {
  const values = exports.PySys_GetObject(text('_flags')) as number;
  const flags = exports.PyStructSequence_New(exports.PyObject_Type(exports.PySys_GetObject(text('flags')))) as number;
  const count = exports.PyList_Size(values) as number;
  for (let index = 0; index < count; index++) {
    const value = exports.PyList_GetItem(values, index) as number;
    exports.Py_IncRef(value);
    exports.PyStructSequence_SetItem(flags, index, value);
  }
  exports.PySys_SetObject(text('flags'), flags);
}
