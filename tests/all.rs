//! One integration binary, a folder a subject: linking once matters on small machines.
