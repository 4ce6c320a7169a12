import type { ReplyRecord } from '@/lib/domain/reply-record'
import type { PrefixVerdict } from '@/lib/domain/reply-trace'
import { decodeOffsets, encodeOffsets } from './offsets'
import type { ArrivalTable, Database, RecordTable } from './schema'
import { writeLoosely } from './write-loosely'

/** Writes the record of an ended reply; of a reply that is gone by now, nothing. */
export async function saveRecord(db: Database, record: ReplyRecord): Promise<void> {
  await writeLoosely(db, async (tx) => {
    const reply = await tx
      .selectFrom('messages')
      .select('id')
      .where('id', '=', record.messageId)
      .executeTakeFirst()
    if (reply === undefined) return
    const row = toRow(record)
    await tx
      .insertInto('records')
      .values(row)
      .onConflict((conflict) => conflict.column('message_id').doUpdateSet(row))
      .execute()
    const arrivals: ArrivalTable = {
      message_id: record.messageId,
      delta_count: record.deltaCount,
      offsets: encodeOffsets(record.arrivalOffsetsMs),
    }
    await tx
      .insertInto('arrivals')
      .values(arrivals)
      .onConflict((conflict) => conflict.column('message_id').doUpdateSet(arrivals))
      .execute()
  })
}

export async function savePrefix(
  db: Database,
  { messageId, prefix }: { messageId: string; prefix: PrefixVerdict },
): Promise<void> {
  await writeLoosely(db, async (tx) => {
    await tx
      .updateTable('records')
      .set({ prefix_reason: prefix.reason, prefix: JSON.stringify(prefix) })
      .where('message_id', '=', messageId)
      .execute()
  })
}

export async function loadRecord(
  db: Database,
  messageId: string,
): Promise<ReplyRecord | undefined> {
  const [row, arrivals] = await Promise.all([
    db.selectFrom('records').selectAll().where('message_id', '=', messageId).executeTakeFirst(),
    db.selectFrom('arrivals').selectAll().where('message_id', '=', messageId).executeTakeFirst(),
  ])
  return row === undefined ? undefined : toRecord(row, arrivals)
}

/** Gaps between deltas, in ms, of those replies of which every arrival is kept. */
export async function listGaps(
  db: Database,
  messageIds: readonly string[],
): Promise<Map<string, number[]>> {
  const rows = await db
    .selectFrom('arrivals')
    .selectAll()
    .where('message_id', 'in', [...messageIds])
    .execute()
  const gaps = new Map<string, number[]>()
  for (const row of rows) {
    const offsets = decodeOffsets(row.offsets)
    if (offsets.length + 1 < row.delta_count) continue
    const steps = offsets.map((offsetMs, index) => offsetMs - (offsets[index - 1] ?? 0))
    gaps.set(row.message_id, steps)
  }
  return gaps
}

function toRow(record: ReplyRecord): RecordTable {
  const { activity, flags, prefix } = record
  return {
    message_id: record.messageId,
    process_started_at_ms: activity?.processStartedAtMs ?? null,
    flags: flags.length === 0 ? null : JSON.stringify(flags),
    prefix_reason: prefix?.reason ?? null,
    prefix: prefix === undefined ? null : JSON.stringify(prefix),
    activity: activity === undefined ? null : JSON.stringify(activity),
    url: record.url,
    headers: JSON.stringify(record.headers),
    request_model: record.requestModel,
    system_prompt_sha256: record.systemPromptSha256,
    sampling: JSON.stringify(record.sampling),
    completion_id: record.completionId ?? null,
    system_fingerprint: record.systemFingerprint ?? null,
    engine_version: record.engineVersion ?? null,
  }
}

function toRecord(row: RecordTable, arrivals: ArrivalTable | undefined): ReplyRecord {
  return {
    messageId: row.message_id,
    url: row.url,
    headers: JSON.parse(row.headers),
    requestModel: row.request_model,
    systemPromptSha256: row.system_prompt_sha256,
    sampling: JSON.parse(row.sampling),
    arrivalOffsetsMs: decodeOffsets(arrivals?.offsets ?? ''),
    deltaCount: arrivals?.delta_count ?? 0,
    flags: row.flags === null ? [] : JSON.parse(row.flags),
    ...(row.activity === null ? {} : { activity: JSON.parse(row.activity) }),
    ...(row.prefix === null ? {} : { prefix: JSON.parse(row.prefix) }),
    ...(row.completion_id === null ? {} : { completionId: row.completion_id }),
    ...(row.system_fingerprint === null ? {} : { systemFingerprint: row.system_fingerprint }),
    ...(row.engine_version === null ? {} : { engineVersion: row.engine_version }),
  }
}
