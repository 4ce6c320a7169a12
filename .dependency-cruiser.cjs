/**
 * House rules: who may import whom. Every rule says why in one sentence.
 * Run with `npm run lint:layers`; the layer table is in docs/architecture.md.
 * Needs typescript <7 (or @swc/core) beside it: with TypeScript 7 dependency-cruiser 17
 * parses no .ts file and reports success over 0 modules.
 */
const TEST = '[.](test|spec)[.]tsx?$|(^|/)__fixtures__/|^e2e/'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle hides which module owns the idea.',
      from: {},
      to: { circular: true },
    },

    // app > components > lib
    {
      name: 'lib-is-below-ui',
      severity: 'error',
      comment: 'lib never knows how it is shown (types included).',
      from: { path: '^lib/', pathNot: TEST },
      to: { path: '^(app|components|cli|e2e)/' },
    },
    {
      name: 'components-are-below-app',
      severity: 'error',
      comment: 'A component never knows its route.',
      from: { path: '^components/' },
      to: { path: '^(app|cli|e2e)/' },
    },
    {
      name: 'pages-are-shims',
      severity: 'error',
      comment: 'A page or layout picks one screen and its data; it builds no UI.',
      from: { path: '^app/' },
      to: { path: '^components/', pathNot: '^components/(screens|providers)/' },
    },
    {
      name: 'pages-start-no-program',
      severity: 'error',
      comment: 'What the terminal can do (start a vLLM, write files) no page and no route can.',
      from: { path: '^(app|instrumentation[.]ts)' },
      to: { path: '^cli/', reachable: true },
    },
    {
      name: 'features-do-not-meet',
      severity: 'error',
      comment: 'Two features meet only in components/screens.',
      from: { path: '^components/([^/]+)/', pathNot: '^components/(screens|ui|providers)/' },
      to: { path: '^components/', pathNot: '^components/($1|ui|providers)/' },
    },
    {
      name: 'app-goes-through-services',
      severity: 'error',
      comment: 'Routes and pages get adapters from lib/server, never by hand.',
      from: { path: '^app/', pathNot: TEST },
      to: {
        path: '^lib/(engine|local-engine|db|batch-files|tips-files|config|metrics|auth|services|open-engine)',
      },
    },
    {
      name: 'components-see-thin-lib',
      severity: 'error',
      comment: 'UI reads the nouns, the pure sums and the browser stores, nothing that works.',
      from: { path: '^components/', pathNot: TEST },
      to: { path: '^lib/', pathNot: '^lib/(client|domain|timing|planner|i18n)/|^lib/utils[.]ts$' },
    },
    {
      name: 'ui-is-generic',
      severity: 'error',
      comment: 'components/ui knows no product noun; it may load a part of itself on first need.',
      from: { path: '^components/ui/' },
      to: { path: '^(lib/(?!utils|client/load-part)|components/(?!ui/))' },
    },

    // inside lib: pure < adapters < use cases < wiring
    {
      name: 'pure-stays-pure',
      severity: 'error',
      comment: 'Pure folders import only the domain and themselves.',
      from: { path: '^lib/(domain|prompt|timing|planner)/', pathNot: TEST },
      to: { path: '^lib/', pathNot: '^lib/($1|domain)/' },
    },
    {
      name: 'pure-does-no-io',
      severity: 'error',
      comment: 'Pure folders touch no node builtin.',
      from: { path: '^lib/(domain|prompt|timing|planner)/', pathNot: TEST },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'adapters-stand-alone',
      severity: 'error',
      comment: 'Each translates one outside world into the domain, and knows nothing else.',
      from: {
        path: '^lib/(engine|local-engine|db|batch-files|tips-files|metrics|auth|process)/',
        pathNot: TEST,
      },
      to: { path: '^lib/', pathNot: '^lib/($1|domain|process)/' },
    },
    {
      name: 'use-cases-take-ports',
      severity: 'error',
      comment: 'chat, readiness, batch, threads and tips receive db, env and clock as arguments.',
      from: { path: '^lib/(chat|readiness|batch|threads|tips)/', pathNot: TEST },
      to: {
        path: '^lib/(local-engine|process|db|batch-files|tips-files|config|server|client|auth|metrics|services|open-engine)',
      },
    },
    {
      name: 'only-db-speaks-sql',
      severity: 'error',
      comment:
        'Kysely and the drivers are imported in lib/db and lib/auth only, and where tests look into a store.',
      from: { pathNot: '^(lib/(db|auth)|e2e)/' },
      to: { path: 'node_modules/(kysely|better-sqlite3|pg)/' },
    },
    {
      name: 'browser-without-schemas',
      severity: 'error',
      comment: 'zod is 25-93 KB: what the browser loads takes types, not schemas.',
      from: { path: '^(components|lib/client)/', pathNot: TEST },
      to: { path: '[.]schema[.]ts$|node_modules/zod/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'local-engine-stands-alone',
      severity: 'error',
      comment: 'It is another process that speaks the wire; it shares types only.',
      from: { path: '^local-engine/' },
      to: { path: '^(app|components|cli|e2e|lib/(?!engine/wire))' },
    },
    {
      name: 'lib-without-react',
      severity: 'error',
      comment: 'No React or Next below components, except in the Next shell.',
      from: { path: '^lib/', pathNot: `^lib/(server|i18n)/|${TEST}` },
      to: { path: 'node_modules/(react|react-dom|next|@ai-sdk/react)/' },
    },

    // browser | server | plain node
    {
      name: 'browser-never-reaches-server',
      severity: 'error',
      comment: 'Nothing a component imports may reach secrets, even through a chain.',
      from: { path: '^(components|lib/client)/', pathNot: TEST },
      to: {
        path: '^lib/(server|db|batch-files|tips-files|local-engine|process|config|auth|metrics|services|open-engine)',
        reachable: true,
      },
    },
    {
      name: 'cli-without-next',
      severity: 'error',
      comment: 'The CLI runs in plain Node, where the server-only marker throws.',
      from: { path: '^cli/' },
      to: { path: '^lib/(server|client)/|node_modules/(server-only|next|react)/', reachable: true },
    },

    {
      name: 'client-is-thin',
      severity: 'error',
      comment: 'Browser code holds state and calls our api; it does no server work.',
      from: { path: '^lib/client/', pathNot: TEST },
      to: { path: '^lib/', pathNot: '^lib/(client|domain|timing|planner|i18n)/' },
    },

    // tests
    {
      name: 'stub-knows-the-wire-only',
      severity: 'error',
      comment: 'The stub shares no code with what it tests.',
      from: { path: '^e2e/stub/' },
      to: { path: '^(app|components|lib|cli)/', pathNot: '^lib/engine/wire[.]ts$' },
    },
    {
      name: 'stub-takes-types-only',
      severity: 'error',
      comment: 'Even the wire file lends types, never values.',
      from: { path: '^e2e/stub/' },
      to: { path: '^lib/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'specs-are-black-box',
      severity: 'error',
      comment: 'Browser tests see the app through HTTP, not imports.',
      from: { path: '^e2e/', pathNot: '^e2e/stub/' },
      to: { path: '^(app|components|lib|cli)/' },
    },
    {
      name: 'bench-is-a-leaf',
      severity: 'error',
      comment: 'The bench measures the app; nothing is built on it.',
      from: { path: '^(app|components|lib|cli|e2e)/' },
      to: { path: '^bench/' },
    },
    {
      name: 'tests-are-leaves',
      severity: 'error',
      comment: 'Nothing imports a test file.',
      from: {},
      to: { path: '[.](test|spec)[.]tsx?$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true, // sees type-only imports too
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
