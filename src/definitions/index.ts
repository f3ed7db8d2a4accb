/** Each equation once, in any scalar, in the paper's letters: the trusted base. */
export {};
