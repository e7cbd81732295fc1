// Everything the Docker API works with, put together by the composition root.
import type { Consoles } from '../../actors/containers/consoles.js';
import type { Running } from '../../actors/containers/effects.js';
import type { Volumes } from '../../actors/containers/volumes.js';
import type { Executor } from '../../actors/executors/contract.js';
import type { ImageStore } from '../../actors/images/image-store.js';
import type { Pulls } from '../../actors/images/pulls.js';
import type { ContainerIndex } from '../../actors/indexes/containers.js';
import type { ExecIndex } from '../../actors/indexes/execs.js';
import type { Engine } from '../../actors/runtime/engine.js';

export interface DaemonConfig {
  /** Registries asked before Docker Hub, as dockerd's --registry-mirror. */
  readonly registryMirrors: readonly string[];
  /** Registries spoken to in plain http or with any certificate, as --insecure-registry. */
  readonly insecureRegistries: readonly string[];
  readonly dataRoot: string;
  readonly version: string;
  /** Stable over restarts, as `docker info` shows it. */
  readonly serverId: string;
  readonly httpEngine: () => { name: string; reason?: string };
}

export interface Daemon {
  readonly engine: Engine;
  readonly executor: Executor;
  readonly images: ImageStore;
  readonly pulls: Pulls;
  readonly containers: ContainerIndex;
  readonly execs: ExecIndex;
  readonly volumes: Volumes;
  readonly consoles: Consoles;
  readonly running: Running;
  /** The built-in images are there: the first start makes them, which takes a moment. */
  readonly ready: Promise<void>;
  readonly config: DaemonConfig;
  /** One line of the server's log. */
  readonly log: (line: Record<string, unknown>) => void;
}
