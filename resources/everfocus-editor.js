/*
 * Builds the forms of all everfocus nodes in the Node-RED editor. What the forms contain comes from the operation
 * declarations, served as data by the runtime: there is no second list of operations or parameters here.
 */
globalThis.everfocus ??= (() => {
  const colours = { call: '#8BAED0', hook: '#A3C9A1' };
  const sources = ['msg', 'flow', 'global', 'env', 'jsonata'];

  /** @type {any} the forms, once loaded */
  let forms;
  const loading = $.getJSON('everfocus-nvr/forms').then((data) => (forms = data));

  /** A text of the locale catalogue; texts that come from the declarations fall back to the declaration. */
  const t = (key, defaultValue, values) =>
    RED._(`homebridge-everfocus-nvr/everfocus-nvr:${key}`, { defaultValue: defaultValue ?? key, ...values });

  const titleOf = (action) => t(`operations.${action.id}.title`, action.title);
  const findAction = (type, id) => forms?.actions[type]?.find((action) => action.id === id);
  const row = () => $('<div class="form-row everfocus-row">');
  const note = (text) => $('<div class="everfocus-note">').text(text);
  const labelled = (text, field) => row().append($('<label>').text(text), ' ', field);

  function rangeOf({ minimum, maximum, unit, format }) {
    if (format === 'epoch-seconds') return t('form.epochSeconds');
    const [from, to] = [minimum !== undefined, maximum !== undefined];
    const range = from && to ? `${minimum} – ${maximum}` : from ? `≥ ${minimum}` : to ? `≤ ${maximum}` : '';
    return [range, unit].filter(Boolean).join(' ');
  }

  /** Choices, range, unit and default of a parameter in words. */
  function limitsOf(schema) {
    const preset = schema.default === undefined ? '' : `${t('form.default')}: ${JSON.stringify(schema.default)}`;
    return [schema.enum?.join(' | '), rangeOf(schema), preset].filter(Boolean).join('; ');
  }

  function optionsOf({ type, enum: options }) {
    return type === 'boolean' ? ['true', 'false'] : options?.map(String);
  }

  /** Whether a literal can be what the declaration asks for; the runtime checks it fully. */
  function isLiteralValid({ schema, required }, value) {
    if (value === '') return !required;
    if (schema.type === 'integer' || schema.type === 'number') {
      const number = Number(value);
      return (
        (schema.type === 'integer' ? Number.isInteger(number) : Number.isFinite(number)) &&
        !(number < schema.minimum) &&
        !(number > schema.maximum)
      );
    }
    if (schema.type === 'string' || optionsOf(schema)) return true;
    try {
      JSON.parse(value);
      return true;
    } catch {
      return false;
    }
  }

  /** The typedInput type for a value that is written into the form itself, as the declaration types it. */
  function literalType(parameter, choices) {
    const { schema, required } = parameter;
    const image = (name) => `red/images/typedInput/${name}.svg`;
    const options = optionsOf(schema);
    const base = { value: 'literal', validate: (value) => isLiteralValid(parameter, value) };
    if (options) {
      const absent = required ? [] : [{ value: '', label: t('form.notSent') }];
      const listed = options.map((option) => ({ value: option, label: option }));
      return { ...base, label: t('form.choice'), icon: 'fa fa-list-ul', options: [...absent, ...listed] };
    }
    switch (schema.type) {
      case 'integer':
      case 'number':
        return { ...base, label: t('form.number'), icon: image('09'), ...(choices && { autoComplete: choices }) };
      case 'string':
        return { ...base, label: t('form.text'), icon: image('az') };
      default:
        return {
          ...base,
          label: 'JSON',
          icon: image('json'),
          expand() {
            RED.editor.editJSON({ value: this.value(), complete: (value) => this.value(value) });
          },
        };
    }
  }

  /** Suggestions from the deployed NVR; free text stays possible. */
  function choicesFrom(nvrId, list) {
    let loaded;
    return (text, done) => {
      loaded ??= $.getJSON(`everfocus-nvr/${encodeURIComponent(nvrId())}/${list}`).then(null, () => []);
      loaded.then((choices) => done(choices.filter(({ label }) => label.toLowerCase().includes(text.toLowerCase()))));
    };
  }

  function exampleOf({ examples, items }) {
    const item = items?.examples?.[0] ?? items?.enum?.[0];
    return examples?.[0] ?? (item === undefined ? undefined : [item]);
  }

  function placeholderOf({ schema, required }) {
    const example = exampleOf(schema);
    if (example === undefined) return required ? '' : t('form.notSent');
    return `${t('form.example')} ${typeof example === 'string' ? example : JSON.stringify(example)}`;
  }

  function addParameterRow(container, parameter, stored, nvrId) {
    const { name, schema, required } = parameter;
    const title = t(`parameters.${name}.title`, schema.title ?? name);
    const details = [t(`parameters.${name}.description`, schema.description ?? ''), limitsOf(schema)].filter(Boolean);
    const input = $('<input type="text" style="width: calc(100% - 125px)">').attr({
      'data-parameter': name,
      'aria-label': title,
      placeholder: placeholderOf(parameter),
    });
    const label = $('<label>')
      .text(title + (required ? ' *' : ''))
      .attr('title', name);
    const line = row()
      .append(label, ' ', input, note(details.join(' ')))
      .appendTo(container);
    const choices = schema.picks && choicesFrom(nvrId, schema.picks);
    input.typedInput({ types: [literalType(parameter, choices), ...sources], default: stored?.type ?? 'literal' });
    input.typedInput('value', stored?.value ?? (schema.default === undefined ? '' : String(schema.default)));
    if (choices) line.find('.red-ui-typedInput-input').on('click', (event) => $(event.target).trigger('keyup'));
  }

  /** The rows as they are stored: a parameter that is left empty is not sent and not stored. */
  function readRows(container) {
    const rows = {};
    container.find('input[data-parameter]').each(function () {
      const [type, value] = [$(this).typedInput('type'), $(this).typedInput('value')];
      if (type !== 'literal' || value !== '') rows[$(this).attr('data-parameter')] = { type, value };
    });
    return rows;
  }

  function shapeOf({ type, enum: options, items }) {
    return type === 'array' ? `${t('form.listOf')} ${shapeOf(items)}` : (type ?? (options ? 'string' : 'any'));
  }

  function table(fields) {
    const body = $('<tbody>');
    for (const { name, schema, required } of fields) {
      const cells = [
        name + (required ? ' *' : ''),
        shapeOf(schema),
        [schema.description, limitsOf(schema)].filter(Boolean).join(' '),
      ];
      body.append($('<tr>').append(cells.map((cell) => $('<td>').text(cell))));
    }
    return $('<table class="everfocus-table">').append(body);
  }

  function replyTable({ as, schema, mediaType }) {
    if (as === 'status') return note(t('help.status'));
    if (!schema) return note(t('help.bytes', undefined, { mediaType }));
    const fields = Object.entries((schema.items ?? schema).properties ?? {}).map(([name, field]) => ({
      name,
      schema: field,
    }));
    return [note(schema.items ? t('help.list') : t('help.object')), table(fields)];
  }

  function helpOf(action) {
    const help = $('<details class="everfocus-help">').append($('<summary>').text(t('help.summary')));
    if (action.parameters.length > 0) help.append($('<h5>').text(t('help.parameters')), table(action.parameters));
    if (action.reply) help.append($('<h5>').text(t('help.reply')), replyTable(action.reply));
    return help;
  }

  function picker(actions, selected) {
    const select = $('<select id="everfocus-operation">');
    const add = (parent, value, text) => $('<option>').val(value).text(text).appendTo(parent);
    const domains = [...new Set(actions.map(({ domain }) => domain))];
    for (const domain of domains) {
      const parent =
        domains.length === 1
          ? select
          : $('<optgroup>')
              .attr('label', t(`domains.${domain}`, domain))
              .appendTo(select);
      actions.filter((action) => action.domain === domain).forEach((action) => add(parent, action.id, titleOf(action)));
    }
    add(select, forms.byMessage.id, t('form.byMessage'));
    if (!select.find('option').is((_, option) => option.value === selected))
      add(select, selected, selected || t('form.choose'));
    return select.val(selected);
  }

  function showAction(node, container, id, rows, nvrId) {
    const action = findAction(node.type, id);
    const parameters = id === forms.byMessage.id ? forms.byMessage.parameters : (action?.parameters ?? []);
    const stored = id === forms.byMessage.id ? { params: { type: 'msg', value: 'payload' }, ...rows } : rows;
    container.empty();
    if (action) {
      const section = action.section ? ` (SDK ${action.section})` : '';
      container.append(
        note(t(`operations.${id}.description`, action.description) + section).addClass('everfocus-about'),
      );
    }
    parameters.forEach((parameter) => addParameterRow(container, parameter, stored[parameter.name], nvrId));
    $('#everfocus-confirm-row').toggle(id === forms.byMessage.id || action?.needsConfirmation === true);
    if (action && (parameters.length > 0 || action.reply)) container.append(helpOf(action));
  }

  function prepareCall(node) {
    const container = $('#everfocus-call');
    const nvrId = () => $('#node-input-nvr').val();
    const confirm = $('<input type="checkbox" id="everfocus-confirm">').prop('checked', node.confirm === true);
    loading.then(() => {
      const rows = $('<div id="everfocus-rows">');
      const select = picker(forms.actions[node.type], node.operation);
      select.on('change', () =>
        showAction(node, rows, select.val(), select.val() === node.operation ? node.params : {}, nvrId),
      );
      container.append(
        labelled(t('form.operation'), select),
        rows,
        row()
          .attr('id', 'everfocus-confirm-row')
          .append($('<label class="everfocus-confirm">').append(confirm, ' ', t('form.confirm'))),
        labelled(
          t('form.output'),
          $('<input type="text" id="everfocus-output" style="width: calc(100% - 125px)">').val(
            node.output || 'payload',
          ),
        ),
      );
      showAction(node, rows, node.operation, node.params, nvrId);
      $('#everfocus-output').typedInput({ types: ['msg'] });
    });
  }

  function saveCall(node) {
    if (!$('#everfocus-operation').length) return;
    node.operation = $('#everfocus-operation').val();
    node.params = readRows($('#everfocus-rows'));
    node.output = $('#everfocus-output').typedInput('value') || 'payload';
    node.confirm = $('#everfocus-confirm').prop('checked') && $('#everfocus-confirm-row').css('display') !== 'none';
    node.version = 1;
  }

  function missing(node, params) {
    const wrong = (findAction(node.type, node.operation)?.parameters ?? []).filter((parameter) => {
      const stored = params[parameter.name] ?? { type: 'literal', value: '' };
      return stored.type === 'literal' && !isLiteralValid(parameter, String(stored.value));
    });
    return wrong.map(({ name, schema }) => schema.title ?? name);
  }

  /** The definition of a call node. */
  function callNode(paletteLabel, operation) {
    return {
      category: 'EverFocus',
      color: colours.call,
      icon: `everfocus-${paletteLabel}.svg`,
      inputs: 1,
      outputs: 1,
      paletteLabel,
      defaults: {
        name: { value: '' },
        nvr: { value: '', type: 'everfocus-nvr', required: true },
        operation: { value: operation, required: true },
        params: {
          value: {},
          // Only a validator with two parameters may answer with a reason.
          // eslint-disable-next-line no-unused-vars
          validate(params, _options) {
            const names = missing(this, params ?? {});
            return names.length === 0 || t('form.wrong', undefined, { names: names.join(', ') });
          },
        },
        output: { value: 'payload', required: true },
        confirm: { value: false },
        version: { value: 1 },
      },
      label() {
        const action = findAction(this.type, this.operation);
        return this.name || (action ? titleOf(action) : this.operation) || paletteLabel;
      },
      labelStyle() {
        return this.name ? 'node_label_italic' : '';
      },
      oneditprepare() {
        prepareCall(this);
      },
      oneditsave() {
        saveCall(this);
      },
    };
  }

  $('<link rel="stylesheet">').attr('href', 'resources/homebridge-everfocus-nvr/everfocus-editor.css').appendTo('head');
  return { callNode, colours, forms: loading, labelled, note, t };
})();
