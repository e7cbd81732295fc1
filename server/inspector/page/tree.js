// A context as a tree that opens and closes; what the last event changed is marked, with what it was before.
import { h } from './dom.js';

const LONG = 200;

/** @param {Record<string, unknown>} context @param {Record<string, unknown>} was former values of the keys that changed */
export function tree(context, was = {}) {
  return h('ul', { class: 'tree mono' }, ...Object.entries(context).map(([key, value]) => entry(key, value, Object.hasOwn(was, key) ? { before: was[key] } : undefined)));
}

function entry(key, value, change) {
  const mark = change ? 'changed' : undefined;
  const before = change && h('del', { title: 'before' }, short(change.before));
  if (value === null || typeof value !== 'object' || Object.keys(value).length === 0) {
    return h('li', { class: mark }, h('span', { class: 'entry' }, h('span', { class: 'key' }, `${key}: `), short(value), before));
  }
  const open = change !== undefined || JSON.stringify(value).length < LONG;
  return h('li', { class: mark }, h('details', { open }, h('summary', {}, h('span', { class: 'key' }, key), Array.isArray(value) ? ` [${value.length}]` : '', before), h('ul', { class: 'tree' }, ...Object.entries(value).map(([name, inner]) => entry(name, inner)))));
}

function short(value) {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}
