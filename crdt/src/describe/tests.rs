//! Decides whether marks stand where they should, and nowhere else.

use super::pack::Language;
use super::*;
