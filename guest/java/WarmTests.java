package org.junit.runner;

import static org.junit.Assert.assertEquals;

import org.junit.Test;

/** What stands for a user's tests while there are none: defined among JUnit's own classes. */
public final class WarmTests {
    @Test
    public void one() {
        assertEquals(2, 1 + 1);
    }

    @Test
    public void other() {
        assertEquals("b", "b".trim());
    }
}
