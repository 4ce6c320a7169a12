/** A tree of files: path → source. */
export type Tree = Record<string, string>

/** An installed package, as far as the resolution of an import needs one. */
function fakePackage(name: string): Tree {
  const folder = `node_modules/${name}`
  return {
    [`${folder}/package.json`]: JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
    [`${folder}/index.js`]: 'module.exports = {}\n',
  }
}

const value = 'export const value = 1\n'
const importValue = (from: string) => `import { value } from '${from}'\nexport const used = value\n`
const importType = (from: string) =>
  `import type { Wire } from '${from}'\nexport type Used = Wire\n`

/** For each rule of .dependency-cruiser.cjs the smallest tree that breaks it and no other. */
export const PLANTED_VIOLATIONS: Record<string, Tree> = {
  'no-cycles': {
    'lib/domain/a.ts': `import { b } from './b'\nexport const a = () => b\n`,
    'lib/domain/b.ts': `import { a } from './a'\nexport const b = () => a\n`,
  },
  'lib-is-below-ui': {
    'lib/chat/a.ts': importValue('@/components/ui/b'),
    'components/ui/b.ts': value,
  },
  'components-are-below-app': {
    'components/chat/a.ts': importValue('@/app/chat/b'),
    'app/chat/b.ts': value,
  },
  'pages-are-shims': {
    'app/page.ts': importValue('@/components/chat/b'),
    'components/chat/b.ts': value,
  },
  'pages-start-no-program': {
    'app/api/a.ts': importValue('@/cli/engine/b'),
    'cli/engine/b.ts': value,
  },
  'features-do-not-meet': {
    'components/chat/a.ts': importValue('@/components/timing/b'),
    'components/timing/b.ts': value,
  },
  'app-goes-through-services': {
    'app/page.ts': importValue('@/lib/engine/b'),
    'lib/engine/b.ts': value,
  },
  'components-see-thin-lib': {
    'components/chat/a.ts': importValue('@/lib/prompt/b'),
    'lib/prompt/b.ts': value,
  },
  'ui-is-generic': {
    'components/ui/a.ts': importValue('@/lib/domain/b'),
    'lib/domain/b.ts': value,
  },
  'pure-stays-pure': { 'lib/timing/a.ts': importValue('@/lib/i18n/b'), 'lib/i18n/b.ts': value },
  'pure-does-no-io': {
    'lib/prompt/a.ts': `import { readFileSync } from 'node:fs'\nexport const read = readFileSync\n`,
  },
  'adapters-stand-alone': {
    'lib/engine/a.ts': importValue('@/lib/timing/b'),
    'lib/timing/b.ts': value,
  },
  'use-cases-take-ports': { 'lib/chat/a.ts': importValue('@/lib/db/b'), 'lib/db/b.ts': value },
  'only-db-speaks-sql': { 'lib/chat/a.ts': importValue('kysely'), ...fakePackage('kysely') },
  'browser-without-schemas': {
    'lib/client/a.ts': importValue('@/lib/domain/b.schema'),
    'lib/domain/b.schema.ts': value,
  },
  'local-engine-stands-alone': {
    'local-engine/a.ts': importValue('../lib/domain/b'),
    'lib/domain/b.ts': value,
  },
  'lib-without-react': { 'lib/timing/a.ts': importValue('react'), ...fakePackage('react') },
  'browser-never-reaches-server': {
    'components/providers/a.ts': importValue('@/lib/i18n/b'),
    'lib/i18n/b.ts': importValue('@/lib/config/c'),
    'lib/config/c.ts': value,
  },
  'cli-without-next': {
    'cli/a.ts': importValue('@/lib/engine/b'),
    'lib/engine/b.ts': importValue('server-only'),
    ...fakePackage('server-only'),
  },
  'client-is-thin': { 'lib/client/a.ts': importValue('@/lib/prompt/b'), 'lib/prompt/b.ts': value },
  'stub-knows-the-wire-only': {
    'e2e/stub/a.ts': importType('../../lib/domain/b'),
    'lib/domain/b.ts': 'export type Wire = string\n',
  },
  'stub-takes-types-only': {
    'e2e/stub/a.ts': importValue('../../lib/engine/wire'),
    'lib/engine/wire.ts': value,
  },
  'specs-are-black-box': {
    'e2e/a.spec.ts': importValue('../lib/domain/b'),
    'lib/domain/b.ts': value,
  },
  'bench-is-a-leaf': { 'lib/chat/a.ts': importValue('@/bench/b'), 'bench/b.ts': value },
  'tests-are-leaves': { 'lib/timing/a.ts': importValue('./b.test'), 'lib/timing/b.test.ts': value },
}

/** For a rule about several folders: a tree for each that the one above leaves out. */
export const FURTHER_VIOLATIONS: [rule: string, tree: Tree][] = [
  [
    'adapters-stand-alone',
    { 'lib/local-engine/a.ts': importValue('@/lib/engine/b'), 'lib/engine/b.ts': value },
  ],
  [
    'app-goes-through-services',
    { 'app/page.ts': importValue('@/lib/local-engine/b'), 'lib/local-engine/b.ts': value },
  ],
  [
    'use-cases-take-ports',
    { 'lib/readiness/a.ts': importValue('@/lib/local-engine/b'), 'lib/local-engine/b.ts': value },
  ],
]
