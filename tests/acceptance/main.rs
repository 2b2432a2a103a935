//! The promises of the command line, kept by the real program on a real repository. Written from its
//! contract: nothing here knows how Coppice works inside.

mod again;
mod agents;
mod approval;
mod bad_plans;
mod check;
mod checkout;
mod compare;
mod crash;
mod diamond;
mod interrupt;
mod landing;
mod live;
mod programs;
mod queries;
mod repositories;
mod review;
mod setup;
mod side_by_side;
