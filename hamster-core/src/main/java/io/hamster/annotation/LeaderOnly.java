package io.hamster.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method runs on the cluster's leader and is skipped elsewhere. Put it beside {@code @Scheduled} to do a job on one
 * instance only.
 *
 * <pre>{@code
 * @LeaderOnly
 * @Scheduled(cron = "0 0 2 * * *")
 * public void report() { … }
 * }</pre>
 *
 * <p>A call that is skipped returns {@code null}, an empty {@code Optional}, or a future that is completed with
 * {@code null}, as the return type has it; methods that return a primitive or a reactive type are refused at start. A
 * method that runs when leadership is lost is interrupted. It was the leader at its begin and may outlive that by as
 * long as it ignores its interrupt: effects outside of the cluster should carry the leadership's term as their fence.
 * What a method has others do, such as a future that it returns, is neither interrupted nor waited for; hand the
 * leadership's term on to it, or wait for it in the method.
 *
 * <p>Works on public, protected and package-private methods of beans that are called through their proxy, also when the
 * annotation is on an interface's method. Private, static and final methods are refused at start.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
public @interface LeaderOnly {}
