import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export type StoredMessage = {
  id: string
  threadId: string
  parentId: string | null
  position: number
  role: 'user' | 'assistant'
  text: string
  status: string
  runId: string | null
  errorCode: string | null
}

const COLUMNS = `id, thread_id as threadId, parent_id as parentId, position, role, text, status,
  run_id as runId, error_code as errorCode`

/** Looks into the file past the server, read-only, while it runs or after its end. */
function readFrom<Result>(dataDir: string, read: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(join(dataDir, 'chat.sqlite'), { readOnly: true })
  try {
    return read(database)
  } finally {
    database.close()
  }
}

export function readMessages(options: { dataDir: string; threadId?: string }): StoredMessage[] {
  const { dataDir, threadId } = options
  const where = threadId === undefined ? '' : 'where thread_id = ?'
  const order = 'order by thread_id, position'
  return readFrom(dataDir, (database) => {
    const statement = database.prepare(`select ${COLUMNS} from messages ${where} ${order}`)
    const rows = threadId === undefined ? statement.all() : statement.all(threadId)
    return rows as StoredMessage[]
  })
}

/** `ok`, or what SQLite finds broken. */
export function checkIntegrity(dataDir: string): string {
  return readFrom(dataDir, (database) => {
    const [first] = database.prepare('pragma integrity_check').all()
    return String(first?.integrity_check)
  })
}
