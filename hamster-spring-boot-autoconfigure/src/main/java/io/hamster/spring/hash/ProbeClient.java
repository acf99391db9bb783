package io.hamster.spring.hash;

import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.util.concurrent.Executor;
import org.springframework.beans.factory.DisposableBean;

/** The HTTP client that probes use. Wrapped, so that it isn't one of the application's clients. */
final class ProbeClient implements DisposableBean {

    private final HttpClient client;

    ProbeClient(Executor executor) {
        this.client = HttpClient.newBuilder()
                .executor(executor)
                .followRedirects(Redirect.NEVER)
                .build();
    }

    HttpClient client() {
        return client;
    }

    /** From Java 21 on a client can be closed; before, it ends once nobody refers to it. */
    @Override
    public void destroy() throws Exception {
        if ((Object) client instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }
}
