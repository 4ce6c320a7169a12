import {
  type KyselyPlugin,
  PostgresDialect,
  PostgresQueryCompiler,
  SqliteDialect,
  SqliteQueryCompiler,
} from 'kysely'
import { escapeText, unescapeText } from './escape-text'

const toStored = (value: unknown) => (typeof value === 'string' ? escapeText(value) : value)

class EscapingSqliteCompiler extends SqliteQueryCompiler {
  protected override addParameter(parameter: unknown): void {
    super.addParameter(toStored(parameter))
  }
}

class EscapingPostgresCompiler extends PostgresQueryCompiler {
  protected override addParameter(parameter: unknown): void {
    super.addParameter(toStored(parameter))
  }
}

/** Every text that is sent to the store is one that it can hold; see escapeText. */
export class EscapingSqliteDialect extends SqliteDialect {
  override createQueryCompiler() {
    return new EscapingSqliteCompiler()
  }
}

export class EscapingPostgresDialect extends PostgresDialect {
  override createQueryCompiler() {
    return new EscapingPostgresCompiler()
  }
}

/** Every text that comes from the store is what was meant. */
export const unescapeResults: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  async transformResult({ result }) {
    for (const row of result.rows) {
      for (const [column, value] of Object.entries(row)) {
        if (typeof value === 'string') row[column] = unescapeText(value)
      }
    }
    return result
  },
}
