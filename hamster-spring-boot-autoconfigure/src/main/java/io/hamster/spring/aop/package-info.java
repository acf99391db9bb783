/**
 * How Hamster finds its annotations on beans: a pointcut for the methods that a proxy can advise, and a check at start
 * for those that it can't.
 *
 * <p>Spring's proxies never see private, static or final methods, and say nothing about it. A lock that is silently
 * absent is worse than an application that doesn't start, so each concern gives a rule and decides between an error and
 * a warning.
 */
@NullMarked
package io.hamster.spring.aop;

import org.jspecify.annotations.NullMarked;
