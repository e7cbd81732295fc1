// What Python's own part of the machine is: run once in a fresh interpreter, kept in its snapshot.
import { ACCOUNTS } from './accounts.mjs';
import { EVENT_LOOP } from './event-loop.mjs';
import { PROCESSES } from './processes.mjs';
import { STARTING } from './starting.mjs';

/** A module of this name and source, as if it had been imported. */
function module(name: string, source: string): string {
  return `_module = type(sys)(${JSON.stringify(name)}); sys.modules[${JSON.stringify(name)}] = _module; exec(compile(${JSON.stringify(source)}, "<machine>", "exec"), _module.__dict__)\n`;
}

/** Modules that were imported before this was Linux; they are imported anew when a program wants them. */
const STALE = ['asyncio', '_asyncio', 'subprocess', 'platform', 'multiprocessing', 'concurrent', 'sysconfig'];

export const BOOTSTRAP = `
import sys
sys.platform = 'linux'
${module('_machine', STARTING)}
${module('_posixsubprocess', PROCESSES)}
${module('pwd', ACCOUNTS)}
${module('grp', ACCOUNTS)}
for _name in list(sys.modules):
    if _name.split('.')[0] in ${JSON.stringify(STALE)}:
        del sys.modules[_name]
_multiarch = sys.implementation._multiarch
sys.modules[f'_sysconfigdata_{sys.abiflags}_linux_{_multiarch}'] = __import__(f'_sysconfigdata_{sys.abiflags}_emscripten_{_multiarch}')
import contextlib, argparse, asyncio, collections, datetime, glob, hashlib, json, pathlib, re, runpy, shutil, tempfile, textwrap, typing, subprocess, urllib.parse, warnings
exec(compile(${JSON.stringify(EVENT_LOOP)}, '<machine>', 'exec'), {})
`;
