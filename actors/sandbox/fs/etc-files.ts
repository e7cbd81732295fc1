// The files that Docker makes for each container: /etc/hosts, /etc/hostname, /etc/resolv.conf, mounted one by one.
import fs from 'node:fs';
import path from 'node:path';
import { Errno } from '../kernel/errno.js';
import type { MountTree } from '../kernel/path.js';
import { DAEMON } from './archive.js';
import { HostDirectory } from './host-directory.js';

export interface EtcFacts {
  hostname: string;
  domainname: string;
  /** `name:address` as in HostConfig.ExtraHosts. */
  extraHosts: readonly string[];
  dns: readonly string[];
  dnsSearch: readonly string[];
  dnsOptions: readonly string[];
  /** The container's own address; its name gets no line without one. */
  address?: string;
}

const NAMES = ['hosts', 'hostname', 'resolv.conf'] as const;
const LOCAL = '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\nff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n';

/** /etc/hosts in libnetwork's order: the fixed lines, extra hosts, the container itself. */
export function hostsText({ hostname, domainname, extraHosts, address }: EtcFacts): string {
  const extra = extraHosts.map((host) => {
    const at = host.indexOf(':');
    return `${host.slice(at + 1)}\t${host.slice(0, at)}\n`;
  });
  const full = domainname === '' ? hostname : `${hostname}.${domainname} ${hostname}`;
  return `${LOCAL}${extra.join('')}${address === undefined ? '' : `${address}\t${full}\n`}`;
}

/** /etc/resolv.conf: the host's where nothing was asked for. */
export function resolvText({ dns, dnsSearch, dnsOptions }: EtcFacts, hostText: string): string {
  const lines = hostText.split('\n').filter((line) => {
    const [key] = line.split(/\s+/);
    if (key === 'nameserver') return dns.length === 0;
    if (key === 'options') return dnsOptions.length === 0;
    if (key === 'search' || key === 'domain') return dnsSearch.length === 0;
    return line.trim() !== '' && !line.startsWith('#');
  });
  // A search of "." means: none.
  const search = dnsSearch.filter((domain) => domain !== '.');
  const own = [...dns.map((server) => `nameserver ${server}`), ...(search.length > 0 ? [`search ${search.join(' ')}`] : [])];
  const options = dnsOptions.length > 0 ? [`options ${dnsOptions.join(' ')}`] : [];
  return [...own, ...lines, ...options, ''].join('\n');
}

/** Writes the three files (HostsPath, HostnamePath, ResolvConfPath of docker inspect) into a directory of the host. */
export function writeEtcFiles(directory: string, facts: EtcFacts, hostResolvConf: string): void {
  fs.mkdirSync(directory, { recursive: true });
  const texts = { hosts: hostsText(facts), hostname: `${facts.hostname}\n`, 'resolv.conf': resolvText(facts, hostResolvConf) };
  for (const name of NAMES) {
    // Not replaced whole: each start writes them anew, so one that a crash left torn is never read.
    fs.writeFileSync(path.join(directory, name), texts[name], { mode: 0o644 });
  }
}

/** Mounts them over /etc; mount points that the image lacks are made, as the OCI runtime does. Where there is no /etc nothing is mounted. */
export function mountEtcFiles(tree: MountTree, directory: string, readOnly = false): void {
  let etc;
  try {
    etc = tree.resolve('/etc', tree.root, DAEMON);
  } catch (error) {
    if (error instanceof Errno && error.code === 'ENOENT') return;
    throw error;
  }
  const files = new HostDirectory({ path: directory });
  for (const name of NAMES) {
    if (!tree.child(etc, name)) etc.inode.create(name, { type: 'file', mode: 0o644, uid: 0, gid: 0 });
    // Through symlinks, so that an image whose /etc/resolv.conf is one works as on Docker.
    let at;
    try {
      at = tree.resolve(`/etc/${name}`, tree.root, DAEMON);
    } catch (error) {
      // A symlink that leads nowhere stays what it is.
      if (error instanceof Errno) continue;
      throw error;
    }
    tree.mount(at, files, { source: name, readOnly }, files.root.lookup(name));
  }
}
