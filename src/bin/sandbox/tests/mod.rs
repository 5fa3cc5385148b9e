//! The sandbox checked against the vendor reference.
