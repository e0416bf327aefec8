import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.maven.repository.internal.MavenRepositorySystemUtils;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.connector.basic.BasicRepositoryConnectorFactory;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.impl.DefaultServiceLocator;
import org.eclipse.aether.repository.LocalRepository;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.repository.RepositoryPolicy;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.spi.connector.RepositoryConnectorFactory;
import org.eclipse.aether.spi.connector.transport.AbstractTransporter;
import org.eclipse.aether.spi.connector.transport.GetTask;
import org.eclipse.aether.spi.connector.transport.PeekTask;
import org.eclipse.aether.spi.connector.transport.PutTask;
import org.eclipse.aether.spi.connector.transport.Transporter;
import org.eclipse.aether.spi.connector.transport.TransporterFactory;
import org.eclipse.aether.util.artifact.JavaScopes;
import org.eclipse.aether.util.filter.DependencyFilterUtils;

/**
 * Installs jars of a Maven repository into the work folder, inside a box whose only network is the gate.
 * See install.py: the same files say what is wanted and what came of it. Maven's own resolver
 * decides about versions; bytes come through a transport of a few lines, because only that one
 * knows the gate and the operator's certificates. No plugin and no build of anybody's runs.
 */
class Install {
    static final Path WORK = Path.of("/work");
    static final Path WISH = WORK.resolve("wish");
    static final String INDEX = System.getenv("TESTUDO_INDEX");
    static final Pattern COORDINATES =
            Pattern.compile("[\\w.-]+:[\\w.-]+(:[\\w.-]+){0,2}:[\\w.,\\[\\]()+-]+");

    static RuntimeException fail(String what, String hint, String name) {
        try {
            String text = String.join("\n", flat(what), flat(hint), flat(name)) + "\n";
            Files.writeString(WORK.resolve("failure"), text);
        } catch (IOException unwritten) {
            System.err.println(unwritten);
        }
        System.exit(1);
        return new IllegalStateException();
    }

    static String flat(String text) {
        return String.valueOf(text).replaceAll("\\s+", " ");
    }

    // ---- bytes --------------------------------------------------------------------------------

    static class NotThere extends IOException {
        NotThere(String url) {
            super("there is nothing at " + url);
        }
    }

    static void trustOperator() throws Exception {
        String bundle = System.getenv("TESTUDO_CA");
        if (bundle == null)
            return;
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream pem = Files.newInputStream(Path.of(bundle))) {
            int number = 0;
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem))
                store.setCertificateEntry("ca" + number++, each);
        }
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        HttpsURLConnection.setDefaultSSLSocketFactory(context.getSocketFactory());
    }

    static class Gate extends AbstractTransporter {
        final URI base;
        final Proxy proxy;

        Gate(RemoteRepository repository) {
            base = URI.create(repository.getUrl().replaceAll("/*$", "/"));
            URI gate = URI.create(System.getenv("HTTPS_PROXY"));
            proxy = new Proxy(Proxy.Type.HTTP,
                    InetSocketAddress.createUnresolved(gate.getHost(), gate.getPort()));
        }

        HttpURLConnection open(URI location) throws IOException {
            HttpURLConnection connection =
                    (HttpURLConnection) base.resolve(location).toURL().openConnection(proxy);
            connection.setConnectTimeout(30_000);
            connection.setReadTimeout(60_000);
            int status = connection.getResponseCode();
            if (status == 404)
                throw new NotThere(location.toString());
            if (status != 200)
                throw new IOException(base.getHost() + " answers " + status + " for " + location);
            return connection;
        }

        @Override
        protected void implPeek(PeekTask task) throws Exception {
            open(task.getLocation()).disconnect();
        }

        @Override
        protected void implGet(GetTask task) throws Exception {
            HttpURLConnection connection = open(task.getLocation());
            utilGet(task, connection.getInputStream(), true, connection.getContentLengthLong(), false);
        }

        @Override
        protected void implPut(PutTask task) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected void implClose() {}

        @Override
        public int classify(Throwable error) {
            return error instanceof NotThere ? ERROR_NOT_FOUND : ERROR_OTHER;
        }
    }

    /** The locator makes it, by its name. */
    public static class Gates implements TransporterFactory {
        @Override
        public Transporter newInstance(RepositorySystemSession session, RemoteRepository repository) {
            return new Gate(repository);
        }

        @Override
        public float getPriority() {
            return 1;
        }
    }

    // ---- resolving ----------------------------------------------------------------------------

    static RepositorySystem makeSystem() {
        DefaultServiceLocator locator = MavenRepositorySystemUtils.newServiceLocator();
        locator.addService(RepositoryConnectorFactory.class, BasicRepositoryConnectorFactory.class);
        locator.setServices(TransporterFactory.class, new Gates());
        return locator.getService(RepositorySystem.class);
    }

    static DefaultRepositorySystemSession makeSession(RepositorySystem system) {
        DefaultRepositorySystemSession session = MavenRepositorySystemUtils.newSession();
        LocalRepository local = new LocalRepository(WORK.resolve("tmp").toFile());
        session.setLocalRepositoryManager(system.newLocalRepositoryManager(session, local));
        session.setChecksumPolicy(RepositoryPolicy.CHECKSUM_POLICY_FAIL);
        session.setIgnoreArtifactDescriptorRepositories(true); // a POM cannot name another place
        return session;
    }

    static RemoteRepository repository() {
        return new RemoteRepository.Builder("central", "default", INDEX).build();
    }

    static List<Artifact> resolve(RepositorySystem system, RepositorySystemSession session,
            List<String> specs) throws Exception {
        CollectRequest collect = new CollectRequest();
        for (String spec : specs)
            collect.addDependency(new Dependency(new DefaultArtifact(spec), JavaScopes.RUNTIME));
        collect.addRepository(repository());
        DependencyRequest request = new DependencyRequest(
                collect, DependencyFilterUtils.classpathFilter(JavaScopes.RUNTIME));
        List<Artifact> artifacts = new ArrayList<>();
        for (ArtifactResult result : system.resolveDependencies(session, request).getArtifactResults())
            artifacts.add(result.getArtifact());
        return artifacts;
    }

    /** Each line of a lock: coordinates and the digest that the jar had. */
    static List<Artifact> fetch(RepositorySystem system, RepositorySystemSession session,
            List<String> lock) throws Exception {
        List<Artifact> artifacts = new ArrayList<>();
        for (String line : lock) {
            String[] parts = line.trim().split("\\s+");
            ArtifactRequest request = new ArtifactRequest(
                    new DefaultArtifact(parts[0]), List.of(repository()), null);
            Artifact artifact = system.resolveArtifact(session, request).getArtifact();
            if (!digest(artifact.getFile().toPath()).equals(parts[1]))
                throw fail(parts[0] + " is not what its hash says",
                        "the repository gives other bytes than before; --upgrade resolves anew",
                        parts[0]);
            artifacts.add(artifact);
        }
        return artifacts;
    }

    static String digest(Path file) throws Exception {
        StringBuilder hex = new StringBuilder();
        for (byte each : MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)))
            hex.append(String.format("%02x", each));
        return hex.toString();
    }

    // ---- the whole ----------------------------------------------------------------------------

    static List<String> lines(String name) throws IOException {
        Path path = WISH.resolve(name);
        List<String> found = new ArrayList<>();
        if (Files.exists(path))
            for (String line : Files.readAllLines(path))
                if (!line.isBlank())
                    found.add(line.trim());
        return found;
    }

    static void check(List<String> specs) {
        for (String spec : specs)
            if (!COORDINATES.matcher(spec).matches())
                throw fail("'" + spec + "' is not group:artifact:version",
                        "such as org.apache.commons:commons-lang3:3.14.0", spec);
    }

    static void keep(List<Artifact> artifacts) throws Exception {
        Path tree = Files.createDirectories(WORK.resolve("tree"));
        Map<String, String> lock = new TreeMap<>();
        List<String> packages = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Artifact artifact : artifacts) {
            if (!"jar".equals(artifact.getExtension()))
                continue;
            String name = artifact.getFile().getName();
            if (!names.add(name))
                name = artifact.getGroupId() + "." + name;
            Files.copy(artifact.getFile().toPath(), tree.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            lock.put(artifact.toString(), digest(artifact.getFile().toPath()));
            packages.add(artifact.getGroupId() + ":" + artifact.getArtifactId() + " "
                    + artifact.getVersion());
        }
        StringBuilder text = new StringBuilder();
        lock.forEach((key, value) -> text.append(key).append(' ').append(value).append('\n'));
        Files.writeString(WORK.resolve("lock"), text);
        Files.writeString(WORK.resolve("packages"), String.join("\n", packages) + "\n");
    }

    static Throwable innermost(Throwable error) {
        while (error.getCause() != null && error.getCause() != error)
            error = error.getCause();
        return error;
    }

    static RuntimeException explain(Exception error, List<String> specs) {
        Throwable cause = innermost(error);
        String text = String.valueOf(error.getMessage());
        String first = specs.isEmpty() ? "" : specs.get(0);
        for (String spec : specs) {
            String[] parts = spec.split(":");
            if (text.contains(parts[0] + ":" + parts[1] + ":"))
                first = spec;
        }
        if (text.contains("Checksum validation failed"))
            return fail(first + " is not what its checksum says",
                    "the repository gives other bytes than it promises", first);
        if (cause instanceof NotThere || text.contains("Could not find artifact")
                || text.contains("No versions available"))
            return fail("there is no " + first + " at " + INDEX,
                    "are group, artifact and version spelled so? " + flat(text).replaceAll(".*Could not find artifact", "not found:"),
                    first);
        return fail("Maven's resolver: " + cause.getMessage(), "", first);
    }

    public static void main(String[] arguments) throws Exception {
        List<String> specs = lines("specs"), lock = lines("lock");
        check(specs);
        trustOperator();
        RepositorySystem system = makeSystem();
        RepositorySystemSession session = makeSession(system);
        try {
            keep(lock.isEmpty() ? resolve(system, session, specs) : fetch(system, session, lock));
        } catch (Exception error) {
            System.err.println(error);
            throw explain(error, specs);
        }
    }
}
