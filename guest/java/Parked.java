import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.internal.access.SharedSecrets;
import jdk.internal.vm.annotation.Hidden;

/**
 * A parked virtual machine: started inside a finished box as `java ... Parked LIBRARY [PATH]`, it
 * warms what a program's start would, and waits in the library (see guest/parked/take.c). What comes
 * makes it `java -cp PATH MAIN ARG...`: streams and environment are in place then, and the words are
 * read from fd 3. It is used once. With a PATH of its own it is warmed for the tests of JUnit 4, which
 * are found there.
 *
 * The program must not see that it was parked. This class is on the boot loader's path, where
 * {@code @Hidden} counts, so that main stands alone in the stack of its thread, which is the
 * launcher's own. An error that leaves main goes on to the launcher, which shows it as ever. The
 * class path is that of the usual loader, which looks only when it is asked.
 */
public final class Parked {
    private static final int MESSAGE_MAX = 1 << 20;

    private Parked() {
    }

    /** The message's texts. Fd 3 itself is read and closed, so that the program does not find it. */
    private static String[] readOrder() throws Exception {
        FileDescriptor orders = new FileDescriptor();
        SharedSecrets.getJavaIOFileDescriptorAccess().set(orders, 3);
        byte[] message = new byte[MESSAGE_MAX];
        int length = 0;
        try (FileInputStream stream = new FileInputStream(orders)) {
            for (int count; (count = stream.read(message, length, MESSAGE_MAX - length)) > 0;)
                length += count;
        }
        if (length == 0 || length == MESSAGE_MAX)
            Runtime.getRuntime().halt(1);
        String[] texts = new String(message, 0, length - 1, StandardCharsets.UTF_8).split("\0", -1);
        return Arrays.copyOfRange(texts, 3, 1 + Integer.parseInt(texts[0])); // "4", "java", "-cp"
    }

    /** The loader of the class path, empty until now, gets the program's. */
    private static void becomeClassPath(String path) throws Exception {
        addToClassPath(path);
        System.setProperty("java.class.path", path);
        System.clearProperty("jdk.module.main");
    }

    private static void addToClassPath(String path) throws Exception {
        ClassLoader loader = ClassLoader.getSystemClassLoader();
        Method append = loader.getClass()
            .getDeclaredMethod("appendToClassPathForInstrumentation", String.class);
        append.setAccessible(true);
        for (String entry : path.split(File.pathSeparator))
            append.invoke(loader, entry.isEmpty() ? "." : entry);
    }

    /** The launcher's own words for what it cannot start. */
    private static void refuse(String... lines) {
        for (String line : lines)
            System.err.println(line);
        System.exit(1);
    }

    private static Class<?> findMain(String name) {
        try {
            return Class.forName(name, false, ClassLoader.getSystemClassLoader());
        } catch (ClassNotFoundException | NoClassDefFoundError error) {
            refuse("Error: Could not find or load main class " + name,
                   "Caused by: " + error.getClass().getName() + ": " + error.getMessage());
        } catch (LinkageError error) {
            refuse("Error: LinkageError occurred while loading main class " + name,
                   "\t" + error);
        }
        return null;
    }

    /** As the launcher does it: an error of its initialiser shows nothing of who asked for it. */
    private static void initialise(Class<?> type) throws Throwable {
        try {
            Class.forName(type.getName(), true, type.getClassLoader());
        } catch (Throwable error) {
            error.setStackTrace(ownFrames(error));
            if (error.getCause() != null)
                error.getCause().setStackTrace(ownFrames(error.getCause()));
            throw error;
        }
    }

    private static StackTraceElement[] ownFrames(Throwable error) {
        StackTraceElement[] frames = error.getStackTrace();
        int count = frames.length;
        while (count > 0 && !frames[count - 1].getMethodName().equals("<clinit>"))
            count--;
        return Arrays.copyOf(frames, count);
    }

    private static MethodHandle findStart(String name) throws Throwable {
        Class<?> type = findMain(name);
        Method main = null;
        try {
            main = type.getMethod("main", String[].class);
        } catch (NoSuchMethodException error) {
            refuse("Error: Main method not found in class " + name
                       + ", please define the main method as:",
                   "   public static void main(String[] args)",
                   "or a JavaFX application class must extend javafx.application.Application");
        }
        if (!Modifier.isStatic(main.getModifiers()))
            refuse("Error: Main method is not static in class " + name
                       + ", please define the main method as:",
                   "   public static void main(String[] args)");
        if (main.getReturnType() != void.class)
            refuse("Error: Main method must return a value of type void in class " + name
                       + ", please ",
                   "define the main method as:", "   public static void main(String[] args)");
        main.setAccessible(true);
        initialise(type);
        return MethodHandles.lookup().unreflect(main).asFixedArity();
    }

    /** What the first lines of a program cost is spent before it is there; nothing is written. */
    private static void warm() throws Throwable {
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream(), true);
        String text = Parked.class.getName();
        int number = text.length();
        nowhere.println("text " + number);
        nowhere.println(text + ' ' + number + ' ' + text + ' ' + number * 1.5);
        nowhere.printf("%d %s %.2f%n", number, text, number * 1.5);
        List<String> words = new ArrayList<>(List.of(text, "b", "a"));
        words.sort(Comparator.comparing(word -> word.length()));
        Map<String, Integer> lengths = new HashMap<>();
        words.forEach(word -> lengths.merge(word, word.length(), Integer::sum));
        nowhere.println(words.stream().map(String::trim).collect(Collectors.joining(",")) + lengths);
        MethodHandles.lookup().unreflect(Warm.class.getMethod("main", String[].class))
            .invokeExact(new String[0]);
    }

    /** One run of JUnit as its own main does it, of tests of ours, to nowhere. */
    private static void warmTests(String path) throws Throwable {
        addToClassPath(path);
        ClassLoader loader = ClassLoader.getSystemClassLoader();
        Class<?> core = Class.forName("org.junit.runner.JUnitCore", true, loader);
        Class<?> listener = Class.forName("org.junit.internal.TextListener", true, loader);
        Class<?> any = Class.forName("org.junit.runner.notification.RunListener", true, loader);
        Class<?> words = Class.forName("org.junit.runner.JUnitCommandLineParseResult", true, loader);
        try (InputStream tests = Parked.class.getResourceAsStream("/WarmTests.bytes")) {
            if (tests == null)
                return; // built where JUnit was not there
            MethodHandles.privateLookupIn(core, MethodHandles.lookup())
                .defineClass(tests.readAllBytes());
        }
        Method parse = words.getMethod("parse", String[].class);
        parse.setAccessible(true);
        Object asked = parse.invoke(null, (Object) new String[] {"org.junit.runner.WarmTests"});
        Class<?> computer = Class.forName("org.junit.runner.Computer", true, loader);
        Method createRequest = words.getMethod("createRequest", computer);
        createRequest.setAccessible(true);
        Object request = createRequest.invoke(asked, computer.getConstructor().newInstance());
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream(), true);
        Object runner = core.getConstructor().newInstance();
        core.getMethod("addListener", any)
            .invoke(runner, listener.getConstructor(PrintStream.class).newInstance(nowhere));
        core.getMethod("run", Class.forName("org.junit.runner.Request", true, loader))
            .invoke(runner, request);
    }

    /** What stands for the program while there is none. */
    public static final class Warm {
        public static void main(String[] args) {
        }
    }

    @Hidden
    public static void main(String[] parts) throws Throwable {
        warm();
        if (parts.length > 1)
            warmTests(parts[1]);
        System.load(parts[0]);
        String[] order = readOrder();
        becomeClassPath(order[0]);
        MethodHandle start = findStart(order[1]);
        start.invokeExact(Arrays.copyOfRange(order, 2, order.length));
    }
}
