package io.hamster.cluster.raft;

/** Nobody listens. */
final class NoEvents implements GroupStateMachine.Events {

    @Override
    public void changed() {}

    @Override
    public void failed(Throwable cause) {}

    @Override
    public void outdated(String what, UnknownFormatException cause) {}

    @Override
    public void ended() {}
}
