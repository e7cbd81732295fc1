// Loaded before a Node program's first line: replaces what Node knows of the host by what the machine is.
import module from 'node:module';
import { call } from './wire.cjs';
import { dropOwnWarnings, hideInternals } from './internals.cjs';
import { replaceChildren } from './children.cjs';
import { replaceFiles } from './files.cjs';
import { type Hello, replaceIdentity } from './identity.cjs';
import { replaceLoopback } from './loopback.cjs';
import { replaceModuleFiles } from './modules.cjs';
import { restrictNetwork } from './network.cjs';
import { closeOutlets } from './outlets.cjs';
import { replaceStreams } from './streams.cjs';
import { replaceGated } from './ungated.cjs';

const hello = call({ op: 'hello' }, { syscall: 'hello' }).value as Hello;
replaceIdentity(hello);
replaceFiles();
replaceGated();
replaceModuleFiles();
replaceStreams(hello);
restrictNetwork(hello.network);
replaceLoopback();
replaceChildren();
closeOutlets();
dropOwnWarnings();
hideInternals();
(module as unknown as { _initPaths(): void })._initPaths();
module.syncBuiltinESMExports();
