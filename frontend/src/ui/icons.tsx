// Line icons of one weight, 24 units wide, in the colour of the text.
import type { ReactNode } from "react";

function icon(children: ReactNode) {
  return function Icon() {
    return (
      <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        {children}
      </svg>
    );
  };
}

export const SearchIcon = icon(<><circle cx="11" cy="11" r="6.5" /><path d="m16 16 4.5 4.5" /></>);
export const BagIcon = icon(<><path d="M5.5 8.5h13l1 11a1.4 1.4 0 0 1-1.4 1.5H5.900a1.4 1.4 0 0 1-1.4-1.500z" /><path d="M8.5 11V7a3.5 3.5 0 0 1 7 0v4" /></>);
export const PersonIcon = icon(<><circle cx="12" cy="8" r="4" /><path d="M4.5 20.500c.8-4 3.7-6 7.5-6s6.7 2 7.5 6" /></>);
export const SunIcon = icon(<><circle cx="12" cy="12" r="4" /><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.400M5.6 18.4 7 17M17 7l1.4-1.4" /></>);
export const MoonIcon = icon(<path d="M19.5 14.500A8 8 0 0 1 9.5 4.500a8 8 0 1 0 10 10z" />);
export const PlusIcon = icon(<path d="M12 5.500v13M5.5 12h13" />);
export const MinusIcon = icon(<path d="M5.5 12h13" />);
export const CloseIcon = icon(<path d="m6 6 12 12M18 6 6 18" />);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.500L19 7.5" />);
export const LeftIcon = icon(<path d="m14.5 5.5-6.5 6.5 6.5 6.5" />);
export const RightIcon = icon(<path d="m9.5 5.5 6.5 6.5-6.5 6.5" />);
export const UpIcon = icon(<path d="M7.5 20.500h-3v-9h3m0 9v-9l4-8c1.5 0 2.5 1 2.5 2.500V9.500h4.600a1.9 1.9 0 0 1 1.9 2.200l-1.2 7a2 2 0 0 1-2 1.800z" />);
export const DownIcon = icon(<path d="M16.5 3.500h3v9h-3m0-9v9l-4 8c-1.5 0-2.5-1-2.5-2.500v-3.500H5.400a1.9 1.9 0 0 1-1.9-2.200l1.2-7a2 2 0 0 1 2-1.800z" />);
export const FilterIcon = icon(<><path d="M4 7h10M18 7h2M4 17h2M10 17h10" /><circle cx="16" cy="7" r="2" /><circle cx="8" cy="17" r="2" /></>);
export const StarIcon = icon(<path className="icon-filled" d="m12 3.5 2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z" />);
