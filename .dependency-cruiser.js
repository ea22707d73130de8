// Who may import whom: down the floors only, and never in a circle, types included.

/** The floors of the driver, from the ground up; each knows those below it only. */
const floors = ['codec', 'sdk', 'wire', 'link', 'push', 'media', 'state', 'tasks'];
const shared = (/** @type {string[]} */ names) => `^src/shared/(${names.join('|')})/`;

/** Beside the floors: what else each of them may know. */
const beside = {
  ffmpeg: ['codec'],
  values: [],
  discovery: ['sdk', 'wire'],
  rtsp: ['codec', 'sdk', 'wire', 'link', 'push', 'media'],
};

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Files that import each other are one file badly cut.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...floors.map((floor, index) => ({
      name: `floor-${floor}`,
      comment: `${floor} knows what lies below it only: ${floors.slice(0, index).join(', ') || 'nothing'}.`,
      severity: /** @type {const} */ ('error'),
      from: { path: shared([floor]) },
      to: {
        path: '^src/shared/(\\w+/|(nvr|index|internal)\\.ts$)',
        // Helpers of people (tasks) run ffmpeg and read what people write; nothing below them does.
        pathNot: shared([...floors.slice(0, index + 1), ...(floor === 'tasks' ? ['ffmpeg', 'values'] : [])]),
      },
    })),
    ...Object.entries(beside).map(([name, known]) => ({
      name: `beside-${name}`,
      severity: /** @type {const} */ ('error'),
      from: { path: shared([name]) },
      to: { path: '^src/shared/(\\w+/|(nvr|index|internal)\\.ts$)', pathNot: shared([name, ...known]) },
    })),
    {
      name: 'beside-diagnosis',
      comment: 'Diagnosis tries what a client has; it runs no errands of people.',
      severity: 'error',
      from: { path: shared(['diagnosis']) },
      to: {
        path: '^src/shared/(\\w+/|index\\.ts$)',
        pathNot: shared([...floors.filter((floor) => floor !== 'tasks'), 'diagnosis']),
      },
    },
    {
      name: 'diagnosis-is-handed-its-client',
      severity: 'error',
      from: { path: shared(['diagnosis']) },
      to: { path: '^src/shared/nvr\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'ground',
      comment: 'Errors, limits, clock and logger are what everything stands on.',
      severity: 'error',
      from: { path: '^src/shared/(?!(nvr|index|internal)\\.ts)[\\w-]+\\.ts$' },
      to: { path: '^src/shared/(\\w+/|(nvr|index|internal)\\.ts$)' },
    },
    {
      name: 'driver-knows-no-host',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { path: '^(src/(?!shared/)|packages/|node_modules/(@?homebridge|node-red|@node-red)/)' },
    },
    {
      name: 'hosts-know-the-face',
      comment:
        'Hosts import the faces of the driver: index.ts, internal.ts, and those of its SDK declarations, values, codec and ffmpeg.',
      severity: 'error',
      from: { path: '^src/(homebridge|node-red|cli|mqtt|doctor)/' },
      to: {
        path: '^src/shared/',
        pathNot: '^src/shared/(((codec|ffmpeg|sdk|values)/)?index|internal|values/text-key)\\.ts$',
      },
    },
    {
      name: 'editor-knows-no-runtime',
      comment:
        "What runs in Node-RED's editor, or on a page, takes from the runtime its types, and how values are read and checked.",
      severity: 'error',
      from: { path: '^src/(node-red/(editor/|nodes/[^/]+/(editor|widget)(/|\\.ts$))|shared/values/)' },
      to: {
        path: '^src/|^node_modules/',
        pathNot:
          '^src/(node-red/(editor|nodes/[^/]+/(editor|widget))|shared/values)/|/tile/pieces\\.ts$|^node_modules/typebox/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'hosts-know-no-other-host',
      comment:
        'The command line and the Homebridge platform start the MQTT bridge. The doctor is no host: several of them ask it.',
      severity: 'error',
      from: {
        path: '^src/(homebridge|node-red|cli|mqtt|doctor)/',
        pathNot: '^src/(cli/commands/bridge|homebridge/mqtt)\\.ts$',
      },
      to: { path: '^(src/(?!shared/|doctor/)|packages/)', pathNot: '^src/$1/' },
    },
    {
      name: 'the-bridge-by-its-face',
      severity: 'error',
      from: { path: '^src/(cli/commands/bridge|homebridge/mqtt)\\.ts$' },
      to: { path: '^src/(?!shared/|cli/|homebridge/)', pathNot: '^src/mqtt/index\\.ts$' },
    },
    {
      name: 'the-bridge-when-it-is-wanted',
      comment: 'A host that tells nothing by MQTT loads nothing of it.',
      severity: 'error',
      from: { path: '^src/(cli|homebridge)/' },
      to: { path: '^src/mqtt/', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'mqtt-in-the-bridge-only',
      comment: 'Neither Homebridge nor Node-RED nor another command loads the MQTT library.',
      severity: 'error',
      from: { path: '^(src|packages)/', pathNot: '^src/mqtt/broker/' },
      to: { path: '^node_modules/mqtt/' },
    },
    {
      name: 'homebridge-types-only',
      comment: 'Homebridge hands its API in; only its types may be imported.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        path: '^node_modules/(homebridge|@homebridge/(?!plugin-ui-utils/)|hap-nodejs)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'settings-page-stands-apart',
      comment:
        "What runs in the browser takes from the plugin types only, and how texts are found; the page's server is a process of its own.",
      severity: 'error',
      from: { path: '^src/homebridge/settings-page/page/' },
      to: {
        path: '^src/|^node_modules/',
        pathNot: '^src/homebridge/settings-page/page/|^src/shared/values/text-key\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'plugin-loads-no-settings-page',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/homebridge/settings-page/' },
      to: { path: '^src/homebridge/settings-page/|^node_modules/@homebridge/plugin-ui-utils/' },
    },
    {
      name: 'simulator-shares-sdk-and-codec',
      comment:
        'The simulator is built from the SDK document: of the driver it shares declarations and codec, the ground, and the format of captures, which it replays.',
      severity: 'error',
      from: { path: '^packages/simulator/' },
      to: {
        path: '^src/',
        pathNot: '^src/shared/((sdk|codec)/|(clock|logger|errors|limits|json-budget|diagnosis/capture/bundle)\\.ts$)',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
