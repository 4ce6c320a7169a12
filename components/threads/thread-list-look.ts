/** The server's list and the living one are the same to the eye: one takes the place of the other. */
export const GROUP_SPACE = 'pb-3'

/** As high as `NAME_PX` says. */
export const GROUP_NAME = 'flex h-7 items-center px-2.5 text-xs font-medium text-muted-foreground'

export const NO_THREADS = 'px-2.5 py-2 text-sm text-muted-foreground'

/** Heights on the page, for a list that makes only what is in sight. */
export const ROW_PX = 36
export const NAME_PX = 28
export const SPACE_PX = 12
