import type { ActionForm } from '../form.js';
import type { Shape } from '../../shared/values/index.js';
import { note, plain, t, translated } from './texts.js';
import { describe, shapeOf } from './words.js';

interface Field {
  readonly name: string;
  readonly schema: Shape;
  readonly required: boolean;
}

/** Fields of an object, or of the objects in a list. */
function fieldsOf({ properties, items, anyOf, required = [] }: Shape): readonly Field[] {
  if (properties) {
    return Object.entries(properties).map(([name, schema]) => ({ name, schema, required: required.includes(name) }));
  }
  return (
    [items, ...(anyOf ?? [])].map((inner) => (inner ? fieldsOf(inner) : [])).find((fields) => fields.length > 0) ?? []
  );
}

function tableRows(fields: readonly Field[], depth: number, showRequired: boolean): JQuery[] {
  return fields.flatMap(({ name, schema, required }) => {
    const cells = [
      name + (showRequired && required ? ' *' : ''),
      shapeOf(schema),
      describe(schema, showRequired && depth === 0),
    ];
    const line = $('<tr>').append(cells.map((cell) => $('<td>').text(plain(cell))));
    line
      .children()
      .first()
      .css('padding-left', depth * 14);
    return [line, ...tableRows(fieldsOf(schema), depth + 1, showRequired)];
  });
}

/** Fields, and below each those that it consists of. */
function table(fields: readonly Field[], showRequired: boolean): JQuery {
  return $('<table class="everfocus-table">').append($('<tbody>').append(tableRows(fields, 0, showRequired)));
}

function replyTable(reply: NonNullable<ActionForm['reply']>): JQuery[] {
  if (reply.as === 'status') return [note(t('help.status'))];
  if (reply.as === 'any') return [note(t('help.any'))];
  if (!('schema' in reply)) return [note(t('help.bytes', undefined, { mediaType: reply.mediaType }))];
  const schema: Shape = reply.schema;
  const fields = fieldsOf(schema);
  if (fields.length === 0)
    return [note([shapeOf(schema), translated(schema.description ?? '')].filter(Boolean).join(': '))];
  return [note(schema.items ? t('help.list') : t('help.object')), table(fields, false)];
}

/** Parameters and reply of an action, folded; built when it is opened. */
export function helpOf({ parameters, reply }: ActionForm): JQuery {
  const help = $('<details class="everfocus-help">').append($('<summary>').text(t('help.summary')));
  help.one('toggle', () => {
    if (parameters.length > 0) help.append($('<h5>').text(t('help.parameters')), table(parameters, true));
    if (reply) help.append($('<h5>').text(t('help.reply')), replyTable(reply));
  });
  return help;
}
