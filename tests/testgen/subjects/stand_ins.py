"""Functions that say nothing about their arguments, and read attributes of them."""


def price(order):
    if order.quantity > 10:
        return order.quantity * order.unit * 9 // 10
    return order.quantity * order.unit


def paid(orders):
    found = 0
    for order in orders:
        if order.paid:
            found += order.amount
    return found


def length(node):
    count = 0
    while node is not None:
        count += 1
        node = node.successor
    return count


def depth(tree):
    if tree is None:
        return 0
    return 1 + max(depth(tree.left), depth(tree.right))


def notify(user, sender):
    if not user.email.endswith("@example.org"):
        return False
    return sender.send(user.email, "hello")
