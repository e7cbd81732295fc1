// A form made of the machine's own events, for those who may send them.
import { h, json } from './dom.js';

export async function eventForm(element, path, sent) {
  const { canWrite, events } = await json(`${path}/events`);
  if (!canWrite) return element.replaceChildren(h('p', { class: 'notice' }, 'This inspector only looks. A server started with --inspect-write takes events here.'));
  const fields = h('div');
  const answer = h('p', { class: 'notice', role: 'status' });
  const choice = h('select', { name: 'type', onchange: () => draw() }, ...events.map(({ type, isHandled }) => h('option', { value: type }, isHandled ? type : `${type} (ignored now)`)));
  const more = h('textarea', { name: 'more', rows: '2', placeholder: '{}' });
  const draw = () => {
    const { fields: wanted } = events.find(({ type }) => type === choice.value);
    more.value = '';
    fields.replaceChildren(...wanted.map(({ name, type, example }) => h('label', {}, `${name} (${type})`, h('input', { name, 'data-type': type, value: type === 'string' ? example : JSON.stringify(example) }))));
  };
  const send = async (submit) => {
    submit.preventDefault();
    try {
      const event = { ...(more.value.trim() === '' ? {} : JSON.parse(more.value)), type: choice.value };
      for (const input of fields.querySelectorAll('input')) if (input.value !== '') event[input.name] = input.dataset.type === 'string' ? input.value : JSON.parse(input.value);
      const { handled, state } = await json(`${path}/events`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(event) });
      answer.textContent = handled ? `handled: ${state}` : `ignored in ${state}`;
      sent();
    } catch (error) {
      answer.textContent = error.message;
    }
  };
  draw();
  element.replaceChildren(h('form', { class: 'event', onsubmit: send }, h('label', {}, 'Event', choice), fields, h('label', {}, 'Further fields (JSON)', more), h('button', { type: 'submit' }, 'Send'), answer));
}
