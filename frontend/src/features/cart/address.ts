// The form of the checkout. Nothing of it is sent anywhere: the checkout is a demonstration and stores only the order.
export interface Field {
  name: "name" | "email" | "street" | "town" | "postcode" | "country";
  label: string;
  autoComplete: string;
  type?: "email";
  /** What is wrong with a value, or undefined. */
  fault(value: string): string | undefined;
}

const required = (words: string) => (value: string) => (value.trim() === "" ? words : undefined);

export const fields: readonly Field[] = [
  { name: "name", label: "Full name", autoComplete: "name", fault: required("Tell us who the parcel is for") },
  {
    name: "email",
    label: "E-mail",
    autoComplete: "email",
    type: "email",
    fault: (value) => (/^\S+@\S+$/.test(value.trim()) ? undefined : "Give an e-mail address, such as anna@example.com"),
  },
  { name: "street", label: "Street and number", autoComplete: "street-address", fault: required("Where does the parcel go?") },
  { name: "postcode", label: "Postcode", autoComplete: "postal-code", fault: required("Give a postcode") },
  { name: "town", label: "Town", autoComplete: "address-level2", fault: required("Which town is that in?") },
  { name: "country", label: "Country", autoComplete: "country-name", fault: required("Which country is that in?") },
];

export type Address = Record<Field["name"], string>;
export type Faults = Partial<Record<Field["name"], string>>;

export const emptyAddress: Address = { name: "", email: "", street: "", town: "", postcode: "", country: "" };

export function faultsOf(address: Address): Faults {
  const faults: Faults = {};
  for (const { name, fault } of fields) {
    const words = fault(address[name]);
    if (words !== undefined) faults[name] = words;
  }
  return faults;
}
