// What a container changed: docker diff, and the layer that docker commit makes of it.
import type { Inode } from '../kernel/inode.js';
import type { LowerNode } from './lower.js';
import type { Overlay, OverlayInode } from './overlay.js';
import { TreePacker } from './pack-tree.js';

/** As GET /containers/{id}/changes: 0 modified, 1 added, 2 deleted. */
export interface Change {
  Path: string;
  Kind: 0 | 1 | 2;
}

interface Difference extends Change {
  /** Absent for what was deleted. */
  inode?: Inode;
  /** A directory that has nothing of what the layers have there. */
  opaque?: boolean;
}

const WHITEOUT = '.wh.';

/** Mount points that every container gets, whatever its image has: dockerd makes them in a layer of their own, below the container's changes. */
const MADE_FOR_ALL = new Set(['/dev', '/proc', '/sys', '/etc', '/etc/hosts', '/etc/hostname', '/etc/resolv.conf']);

/**
 * Compares what is visible with what the layers have, looking only where something was touched. Flushes first, so that the journal
 * knows all that was. A file counts as modified when it was written to or its metadata set, a directory also when an entry changed.
 */
function* differences(overlay: Overlay): Generator<Difference> {
  overlay.flush();
  const touched = overlay.journal.touched();
  const visit = new Set(touched);
  for (const ino of touched) markAncestors(overlay, ino, visit);
  yield* compare(overlay.root, overlay.lower.root, '');

  function* compare(directory: OverlayInode, lower: LowerNode | undefined, path: string): Generator<Difference> {
    const before = lower ? overlay.lower.children(lower) : new Map<string, LowerNode>();
    for (const name of [...new Set([...directory.children.keys(), ...before.keys()])].sort()) {
      const inode = directory.children.get(name) as OverlayInode | undefined;
      const was = before.get(name);
      const at = `${path}/${name}`;
      if (!inode) {
        yield { Path: at, Kind: 2 };
      } else if (was && was.ino === inode.ino) {
        if (!visit.has(inode.ino)) continue;
        const changed: Difference = { Path: at, Kind: 0, inode };
        if (MADE_FOR_ALL.has(at) && inode.type === 'directory') {
          yield* onlyWithInside(changed, compare(inode, was, at));
          continue;
        }
        yield changed;
        if (inode.type === 'directory') yield* compare(inode, was, at);
      } else {
        if (!was && MADE_FOR_ALL.has(at)) {
          if (inode.type === 'directory') yield* onlyWithInside({ Path: at, Kind: 0, inode }, compare(inode, undefined, at));
          continue;
        }
        const opaque = was?.entry.type === 'dir' && inode.type === 'directory';
        yield { Path: at, Kind: was ? 0 : 1, inode, opaque };
        if (inode.type === 'directory') yield* compare(inode, undefined, at);
      }
    }
  }
}

/** A directory that was touched to make mount points: changed only if something else in it did. */
function* onlyWithInside(directory: Difference, inside: Generator<Difference>): Generator<Difference> {
  const first = inside.next();
  if (first.done === true) return;
  yield directory;
  yield first.value;
  yield* inside;
}

/** The directories in which a touched file of the layers was: the walk must come by there. */
function markAncestors(overlay: Overlay, ino: number, visit: Set<number>): void {
  if (ino >= overlay.lower.inoEnd) return;
  const file = overlay.lower.byIno(ino);
  for (const path of file?.layer.namesOf(file.entry) ?? []) {
    let node = overlay.lower.root;
    for (const name of path.split('/')) {
      if (!node) break;
      visit.add(node.ino);
      node = overlay.lower.child(node, name);
    }
  }
}

/** docker diff, parents before children. */
export function changes(overlay: Overlay): Change[] {
  return [...differences(overlay)].map(({ Path, Kind }) => ({ Path, Kind }));
}

/** The changes as a layer: whiteouts for what was deleted, whole files for what was written. */
export function* upperTar(overlay: Overlay): Generator<Uint8Array> {
  const packer = new TreePacker();
  for (const { Path, inode, opaque } of differences(overlay)) {
    const path = Path.slice(1);
    const slash = path.lastIndexOf('/') + 1;
    if (inode) yield* packer.file(path, inode);
    else yield* packer.marker(`${path.slice(0, slash)}${WHITEOUT}${path.slice(slash)}`);
    if (opaque === true) yield* packer.marker(`${path}/${WHITEOUT}.wh..opq`);
  }
  yield* packer.end();
}
