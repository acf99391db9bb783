/** What Hamster's modules need of files besides what Java has: a lock for the directory that one of them owns. */
@NullMarked
package io.hamster.file;

import org.jspecify.annotations.NullMarked;
