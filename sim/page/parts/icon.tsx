/** Line icons on a 20 × 20 grid. They carry no meaning alone: whatever uses one has a name in words. */
const paths = {
  hash: 'M7.5 3 6 17M14 3l-1.500 14M3.500 7.500h13.500M3 12.500h13.500',
  lock: 'M5 9h10v8H5zM7 9V6.500a3 3 0 0 1 6 0V9',
  home: 'M3 9.500 10 3.500l7 6M5 8.500V16.500h10V8.500M8.500 16.500v-4.500h3v4.500',
  chat: 'M3.500 4.500h13v9h-7.500l-3.500 3v-3h-2z',
  external: 'M11.500 3.500h5v5M16.500 3.500l-7.500 7.500M14 11.500v5h-10.500v-10.500h5',
  close: 'M5 5l10 10M15 5 5 15',
  back: 'M12 4.500 6.500 10l5.500 5.500',
  down: 'M5 7.500l5 5 5-5',
  right: 'M7.500 5l5 5-5 5',
  more: 'M4.600 10h.01M10 10h.01M15.400 10h.01',
  reply: 'M3.500 4.500h13v9h-7.500l-3.500 3v-3h-2zM7 8h6M7 10.700h4',
  smile:
    'M10 2.800a7.200 7.200 0 1 0 0 14.400 7.200 7.200 0 0 0 0-14.400M7 12c1.500 2 4.500 2 6 0M7.500 8h.01M12.500 8h.01',
  link: 'M8.500 11.500a3 3 0 0 0 4.300 0l2.700-2.700a3 3 0 0 0-4.300-4.300L10 5.700M11.500 8.500a3 3 0 0 0-4.300 0L4.500 11.200a3 3 0 0 0 4.300 4.300L10 14.300',
  copy: 'M7 7h9.500v9.500H7zM4 13V3.500h9.500',
  send: 'M3.500 16.500 17 10 3.500 3.500 5.500 10zM5.500 10H10',
  bolt: 'M11.500 2.500 4.500 11.500H9.500L8.500 17.500 15.500 8.500H10.500z',
  menu: 'M3 5.500h14M3 10h14M3 14.500h14',
  sun: 'M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7M10 1.800v1.700M10 16.500v1.700M1.800 10h1.700M16.500 10h1.700M4.200 4.200l1.200 1.200M14.600 14.600l1.200 1.200M4.200 15.800l1.200-1.200M14.600 5.400l1.200-1.200',
  moon: 'M16.500 11.800A7 7 0 0 1 8.200 3.500a7 7 0 1 0 8.300 8.300',
  pulse: 'M2.500 10h3.500l2.500-6 3.500 12 2.500-6h3',
  people:
    'M7.500 4a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600M2.500 16c0-3 2.200-4.500 5-4.500s5 1.500 5 4.500M13 4.300a2.600 2.600 0 0 1 0 5M14.500 11.800c2 .5 3 2 3 4.200',
  eye: 'M2 10s3-5.500 8-5.500 8 5.500 8 5.500-3 5.500-8 5.500S2 10 2 10M10 7.700a2.300 2.300 0 1 0 0 4.600 2.300 2.300 0 0 0 0-4.600',
  info: 'M10 2.800a7.200 7.200 0 1 0 0 14.400 7.200 7.200 0 0 0 0-14.400M10 9v4.500M10 6.500h.01',
  warning: 'M10 3 2.500 16.500h15zM10 8.200v4M10 14.300h.01',
  check: 'M4 10.500l4 4 8-9',
  trash: 'M4 5.500h12M8 5.500V3.500h4v2M5.500 5.500l.800 11h7.400l.800-11M8.500 8.500v5M11.500 8.500v5',
  at: 'M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0v1.200a2 2 0 0 0 4-.2v-1a7 7 0 1 0-3 5.700',
  slash: 'M12.500 3.500 7.500 16.500',
  search: 'M9 3.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11M13 13l4 4',
  plus: 'M10 4v12M4 10h12',
  thumbUp:
    'M3.500 9h3v7.500h-3zM6.500 9l3-6c1.500 0 2.200 1 2 2.300L11 8h4.500c1 0 1.600.900 1.300 1.900l-1.600 5.300c-.2.800-.9 1.300-1.700 1.300h-7',
  thumbDown:
    'M3.500 11h3V3.500h-3zM6.500 11l3 6c1.500 0 2.200-1 2-2.300L11 12h4.500c1 0 1.600-.9 1.300-1.900l-1.600-5.300c-.2-.8-.9-1.300-1.700-1.300h-7',
  file: 'M5 2.500h6.500L15.500 6.500V17.500H5zM11.500 2.500v4h4',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  const thick = name === 'more';
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width={thick ? 2.6 : 1.6}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** Lockstep's mark, the same as `/icon.svg`. */
export function Mark({ size = 36 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#123a42" />
      <g fill="none" stroke-width="3.2" stroke-linecap="round">
        <path d="M13.500 9.500h-2a6.500 6.500 0 0 0 0 13h2" stroke="#5fd0b8" />
        <path d="M18.500 9.500h2a6.500 6.500 0 0 1 0 13h-2" stroke="#f4b860" />
        <path d="M12 16h8" stroke="#fff" />
      </g>
    </svg>
  );
}
