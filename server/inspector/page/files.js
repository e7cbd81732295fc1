// A container's files: folders by listing, text by the archive API, everything to be taken away as tar.
import { bytes, clock, h, json } from './dom.js';

const VIEW_MAX_BYTES = 256 << 10;

export function fileBrowser(panel, id) {
  const archive = (path) => `/docker/containers/${id}/archive?path=${encodeURIComponent(path)}`;
  const join = (folder, name) => (folder === '/' ? `/${name}` : `${folder}/${name}`);
  let wanted = '';
  const show = async (path) => {
    wanted = path;
    try {
      const { files, truncated } = await json(`/actors/${id}/files?path=${encodeURIComponent(path)}`);
      if (wanted === path) draw(path, files, truncated);
    } catch (error) {
      panel.replaceChildren(crumbs(path), h('p', { class: 'error', role: 'alert' }, error.message));
    }
  };
  const crumbs = (path) => {
    const parts = path.split('/').filter((part) => part !== '');
    const crumb = (name, at) => h('button', { type: 'button', onclick: () => void show(at) }, name);
    return h('div', { class: 'bar', 'aria-label': 'Folder' }, crumb('/', '/'), ...parts.map((part, n) => crumb(part, `/${parts.slice(0, n + 1).join('/')}`)), h('span', { class: 'grow' }), h('a', { href: archive(path), download: 'files.tar' }, 'Take away (tar)'));
  };
  const draw = (path, files, truncated) => {
    const open = (file) => (file.type === 'dir' ? show(join(path, file.name)) : view(path, file));
    const row = (file) => h('tr', {}, h('td', {}, h('button', { type: 'button', onclick: () => void open(file) }, file.type === 'dir' ? `${file.name}/` : file.name), file.linkTarget ? ` → ${file.linkTarget}` : ''), h('td', { class: 'mono' }, file.mode.toString(8).padStart(4, '0')), h('td', {}, `${file.uid}:${file.gid}`), h('td', {}, file.type === 'file' ? bytes(file.sizeBytes) : file.type), h('td', { class: 'mono' }, `${new Date(file.modifiedAt).toISOString().slice(0, 10)} ${clock(file.modifiedAt).slice(0, 8)}`));
    const head = h('thead', {}, h('tr', {}, ...['name', 'mode', 'owner', 'size', 'modified'].map((name) => h('th', { scope: 'col' }, name))));
    panel.replaceChildren(crumbs(path), h('div', { class: 'scroll', style: 'max-height:24rem', tabindex: '0', role: 'region', 'aria-label': 'Files' }, h('table', {}, head, h('tbody', {}, ...files.map(row)))), truncated && h('p', { class: 'notice' }, 'There is more in this folder than is shown.'));
  };
  const view = async (path, { name, type, sizeBytes }) => {
    const at = join(path, name);
    if (type !== 'file' || sizeBytes > VIEW_MAX_BYTES) return location.assign(archive(at));
    // A tar of one file: a header block of 512 bytes, then the file.
    const tar = new Uint8Array(await (await fetch(archive(at))).arrayBuffer());
    const text = new TextDecoder().decode(tar.subarray(512, 512 + sizeBytes));
    return panel.replaceChildren(crumbs(path), h('h3', {}, at), h('pre', { class: 'log scroll', tabindex: '0', 'aria-label': at }, text));
  };
  void show('/');
  return () => { wanted = ''; };
}
