'use client'

import { CornerDownRight, RotateCcw } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { MouseEvent, ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { ERROR_CODES, type PublicError } from '@/lib/domain/error'
import { isContinuable, MAX_REPLY_LENGTH } from '@/lib/domain/is-continuable'
import type { Reply } from '@/lib/domain/message'
import { CopyButton } from './copy-button'
import { ErrorNote, hasOwnWayOn } from './error-note'
import { MessageTools, QUIET } from './message-tools'
import type { MessagePlace } from './question-bubble'
import { SiblingSwitcher } from './sibling-switcher'

export type ReplyEndProps = Omit<MessagePlace, 'editor'> & {
  reply: Reply
  /** Only the newest answer is gone on with; an older one is asked for again more quietly. */
  isNewest: boolean
  isRetryOpen: boolean
  renderTiming: (reply: Reply) => ReactNode
}

/** What an answer came to, and all that can be done with it. */
export function ReplyEnd(props: ReplyEndProps) {
  const { reply, isNewest, isFree, isStored, siblingIds, fault, actions, renderTiming } = props
  const t = useTranslations('chat')
  const note = useEndNote(reply)
  return (
    <>
      {note === undefined ? null : <p className="text-sm text-muted-foreground">{note}</p>}
      {reply.error === undefined ? null : (
        <ErrorNote error={reply.error}>
          {isNewest && !isRetryable(reply.error) && !hasOwnWayOn(reply.error.code) ? (
            <Button size="small" onClick={() => actions.onReuse(reply.parentId)}>
              {t('editQuestion')}
            </Button>
          ) : null}
        </ErrorNote>
      )}
      {fault === undefined ? null : (
        <ErrorNote error={fault.error} title={t(`faults.${fault.kind}`)} />
      )}
      <footer className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        {renderTiming(reply)}
        <span className="-ml-2 flex items-center gap-1 print:hidden">
          <SiblingSwitcher
            kind="answer"
            ids={siblingIds}
            shownId={reply.id}
            isOpen={isFree}
            onShow={(siblingId) => actions.onShow({ messageId: reply.id, siblingId })}
          />
          {reply.text === '' ? null : (
            <>
              <CopyButton label={t('copyAnswer')} readText={() => reply.text} />
              <span className={isNewest ? 'flex' : QUIET}>
                <MessageTools
                  messageId={reply.id}
                  editLabel={t('editAnswer')}
                  {...{ isOpen: isFree, isStored, actions }}
                />
              </span>
            </>
          )}
          {isNewest ? <AnswerAgain {...props} /> : <QuietAgain {...props} />}
        </span>
      </footer>
    </>
  )
}

/** In the middle of a branch: what follows stays, beside the new answer. */
function QuietAgain({ reply, isRetryOpen, actions }: ReplyEndProps) {
  const t = useTranslations('chat')
  return (
    <span className={QUIET}>
      <Button
        variant="ghost"
        size="smallIcon"
        aria-label={t('regenerate')}
        title={t('regenerate')}
        disabled={!isRetryOpen}
        onClick={({ timeStamp }) => actions.onRetry({ runId: reply.runId, pressedAtMs: timeStamp })}
      >
        <RotateCcw aria-hidden="true" className="size-4" />
      </Button>
    </span>
  )
}

function AnswerAgain({ reply, isRetryOpen, actions }: ReplyEndProps) {
  const t = useTranslations('chat')
  const { runId, status, error } = reply
  const canRetry = error === undefined || isRetryable(error)
  // One line was too much, not the answer: the next one may pass.
  const canContinue = isContinuable(reply) && (canRetry || error.code === 'engine_line_too_large')
  if (status === 'streaming') return null
  return (
    <>
      {canContinue ? (
        <AgainButton
          isOpen={isRetryOpen}
          onPress={(pressedAtMs) => actions.onContinue({ runId, pressedAtMs })}
        >
          <CornerDownRight aria-hidden="true" className="size-3.5" />
          {t('continue')}
        </AgainButton>
      ) : null}
      {canRetry ? (
        <AgainButton
          isOpen={isRetryOpen}
          onPress={(pressedAtMs) => actions.onRetry({ runId, pressedAtMs })}
        >
          <RotateCcw aria-hidden="true" className="size-3.5" />
          {status === 'complete' ? t('regenerate') : t('retry')}
        </AgainButton>
      ) : null}
    </>
  )
}

function AgainButton({
  isOpen,
  onPress,
  children,
}: {
  isOpen: boolean
  onPress: (pressedAtMs: number) => void
  children: ReactNode
}) {
  const press = ({ detail, timeStamp }: MouseEvent) => {
    // A key press has no clicks; its focus would be lost with this button.
    if (detail === 0) document.getElementById('chat-input')?.focus()
    onPress(timeStamp)
  }
  return (
    <Button variant="ghost" size="small" disabled={!isOpen} onClick={press}>
      {children}
    </Button>
  )
}

function isRetryable({ code }: PublicError): boolean {
  return ERROR_CODES[code].retryable
}

function useEndNote(reply: Reply): string | undefined {
  const t = useTranslations('chat')
  if (reply.editedFromId !== undefined) return t('editedText')
  if (reply.status === 'stopped') return t('stoppedText')
  if (reply.error !== undefined) return undefined
  if (reply.status === 'interrupted' || reply.status === 'streaming') return t('interruptedText')
  if (reply.status === 'failed') return t('statuses.failed')
  const length = reply.text.length + reply.reasoning.length
  if (length >= MAX_REPLY_LENGTH) return t('longestText', { count: MAX_REPLY_LENGTH })
  if (reply.finishReason === 'length') return t('lengthText')
  return reply.text === '' ? t('empty') : undefined
}
